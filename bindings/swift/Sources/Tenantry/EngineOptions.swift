import Foundation

/// How an engine works. The defaults are right for most.
public struct EngineOptions: Hashable, Sendable {
    /// Whether the file is made if it is not there.
    public var create: Bool
    /// How long others may keep the store busy, in seconds.
    public var busyTimeout: TimeInterval
    /// What may name the tenant of a request, in the order of trying.
    public var sources: [Source]
    /// How slugs are made.
    public var slugs: SlugOptions

    /// The defaults are right for most.
    public init(
        create: Bool = true,
        busyTimeout: TimeInterval = 5,
        sources: [Source] = [.session],
        slugs: SlugOptions = SlugOptions()
    ) {
        self.create = create
        self.busyTimeout = busyTimeout
        self.sources = sources
        self.slugs = slugs
    }
}
