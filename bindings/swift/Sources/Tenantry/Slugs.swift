import TenantryFFI

/// The longest slug that a tenant may have, in characters.
public let slugLimit = 80

/// How a name becomes a slug.
public enum SlugStyle: String, Hashable, Sendable, CaseIterable {
    /// As Django's `slugify` does it: what is not ASCII falls away, but for accents.
    case django
    /// In Latin letters, whatever the script.
    case transliterate
}

/// How an engine makes slugs.
public struct SlugOptions: Hashable, Sendable {
    /// How a name becomes a slug.
    public var style: SlugStyle
    /// The longest slug that is given out, 16 to 80 characters.
    public var limit: Int
    /// Words that are never given out.
    public var reserved: [String]

    /// The defaults are right for most.
    public init(style: SlugStyle = .django, limit: Int = slugLimit, reserved: [String] = []) {
        self.style = style
        self.limit = limit
        self.reserved = reserved
    }
}

/// The slug of a name. It is empty if nothing of the name is left, and is not cut.
///
/// ```swift
/// slugify("Acme & Co.")                     // "acme-co"
/// slugify("東京")                            // ""
/// slugify("東京", style: .transliterate)     // "dong-jing"
/// ```
public func slugify(_ name: String, style: SlugStyle = .django) -> String {
    TenantryFFI.slugify(name: name, style: style.ffi)
}

/// The slug that the candidates of a tenant are made of: of its name, or else of the owner's, or else `workspace`.
public func slugBase(name: String, username: String, style: SlugStyle = .django) -> String {
    TenantryFFI.slugBase(name: name, username: username, style: style.ffi)
}

/// Candidate `n` of a base: 0 is the base itself, and the others end in their number. Both fit into `limit` characters.
///
/// Neither number may be negative.
public func slugCandidate(base: String, n: Int, limit: Int = slugLimit) -> String {
    precondition(n >= 0, "candidates are counted from 0, and this is \(n)")
    precondition(limit >= 0, "no slug fits into \(limit) characters")
    return TenantryFFI.slugCandidate(base: base, n: UInt32(n), limit: UInt32(clamping: limit))
}

/// Whether a tenant may have this slug.
public func isValidSlug(_ slug: String) -> Bool {
    TenantryFFI.isValidSlug(slug: slug)
}

/// Hands out free slugs: the first candidate of each base that is not taken. May be used from many threads.
public final class SlugAllocator: Sendable {
    private let allocator: TenantryFFI.SlugAllocator

    /// One that gives out slugs of at most `limit` characters, 16 to 80.
    ///
    /// - Throws: ``TenantryError/invalid(message:what:value:reason:)`` for another limit.
    public init(limit: Int = slugLimit) throws {
        allocator = try translated { try TenantryFFI.SlugAllocator(limit: UInt32(clamping: limit)) }
    }

    /// Notes a slug that is taken, in whatever case.
    public func take(_ slug: String) throws {
        try translated { try allocator.take(slug: slug) }
    }

    /// The first free slug of a base, which is from then on taken.
    public func allocate(_ base: String) throws -> String {
        try translated { try allocator.allocate(base: base) }
    }
}
