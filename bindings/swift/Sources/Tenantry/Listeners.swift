import Foundation

/// Who waits for changes.
final class Listeners: @unchecked Sendable {
    // By the lock.
    private let lock = NSLock()
    private var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    private var next = 0
    private var isClosed = false

    /// A stream with one element after a change, however many there were since it was last looked at.
    func listen() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            lock.lock()
            defer { lock.unlock() }
            guard !isClosed else { return continuation.finish() }
            let key = next
            next += 1
            waiting[key] = continuation
            continuation.onTermination = { [weak self] _ in self?.forget(key) }
        }
    }

    func tell() {
        for continuation in all() { continuation.yield() }
    }

    func close() {
        lock.lock()
        isClosed = true
        lock.unlock()
        // Without the lock: who ends is forgotten, which takes it.
        for continuation in all() { continuation.finish() }
    }

    /// How many there are.
    var count: Int { all().count }

    private func all() -> [AsyncStream<Void>.Continuation] {
        lock.lock()
        defer { lock.unlock() }
        return Array(waiting.values)
    }

    private func forget(_ key: Int) {
        lock.lock()
        defer { lock.unlock() }
        waiting[key] = nil
    }
}
