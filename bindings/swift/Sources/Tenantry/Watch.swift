/// What a listener is told: what is now, and then each time what is otherwise than it was told last.
///
/// It looks when the listener asks, and no sooner. A stream that is filled ahead may hold what is no longer so, and tell a slow listener
/// the same twice, when a change between was undone.
actor Watch<Value: Sendable & Equatable> {
    private let listen: @Sendable () -> AsyncStream<Void>
    private let look: @Sendable () async throws -> Value
    private var told: Value?
    private var isOver = false

    init(listen: @escaping @Sendable () -> AsyncStream<Void>, look: @escaping @Sendable () async throws -> Value) {
        self.listen = listen
        self.look = look
    }

    func next() async throws -> Value? {
        if isOver { return nil }
        do {
            // Before it looks, so that no change is missed. Each time anew, for two tasks that wait at one stream are not both told its end.
            var changes = listen().makeAsyncIterator()
            repeat {
                let now = try await look()
                if now != told {
                    told = now
                    return now
                }
            } while await changes.next() != nil
        } catch TenantryError.closed where told != nil {
            // On the way: that is the end, and no mistake of who listens.
        } catch is CancellationError {
            // Who is cancelled is told nothing more, as with every stream.
        } catch {
            isOver = true
            throw error
        }
        isOver = true
        return nil
    }
}
