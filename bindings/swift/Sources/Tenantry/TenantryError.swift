import Foundation
import TenantryFFI

/// What went wrong. The message of each says it for people, with the offending value and what to do; the other fields say it for programs.
public enum TenantryError: Error, Hashable, Sendable {
    /// A value that cannot be used: what it is (`slug`, `tenant name`, ...), the value, cut to 80 characters, and what is wrong with it.
    case invalid(message: String, what: String, value: String, reason: String)
    /// A slug that another tenant has or had, or that is reserved.
    case slugTaken(message: String, slug: String)
    /// The user may not enter this tenant, or there is none. Which of the two it is, nobody learns.
    case notAvailable(message: String, slug: String)
    /// There is no tenant with this number.
    case noSuchTenant(message: String, tenantID: TenantID)
    /// The user is no member of this tenant.
    case noSuchMembership(message: String, tenantID: TenantID, userKey: String)
    /// The user is a member of this tenant already, if perhaps a revoked one.
    case alreadyMember(message: String, tenantID: TenantID, userKey: String)
    /// A tenant keeps one active owner, and this is the last.
    case lastOwner(message: String, tenantID: TenantID, userKey: String)
    /// A user stopped the backfill, and nothing of it is kept.
    case row(message: String, row: RowError)
    /// A snapshot that cannot be imported. Nothing has changed.
    case snapshot(message: String, reason: String)
    /// The engine was closed.
    case closed(message: String, path: String)
    /// Trouble with the file. The code says which: `no_store`, `foreign_file`, `newer_store`, `corrupt`, `busy`, `read_only`, `full`,
    /// `cannot_open`, `second_sqlite`, `forked` or `store`. Only `busy` goes away by trying again.
    case store(message: String, code: String, path: String)
    /// A defect of tenantry, or what a newer one says and this one has no word for.
    case unexpected(message: String, code: String)

    /// What was wrong, with the offending value, and what to do.
    public var message: String {
        switch self {
        case .invalid(let message, _, _, _), .slugTaken(let message, _), .notAvailable(let message, _),
            .noSuchTenant(let message, _), .noSuchMembership(let message, _, _), .alreadyMember(let message, _, _),
            .lastOwner(let message, _, _), .row(let message, _), .snapshot(let message, _), .closed(let message, _),
            .store(let message, _, _), .unexpected(let message, _):
            return message
        }
    }
}

extension TenantryError: LocalizedError {
    /// The message.
    public var errorDescription: String? { message }
}

extension TenantryError {
    init(_ error: EngineError) {
        switch error {
        case .Invalid(let words, let what, let value, let reason):
            self = .invalid(message: words, what: what, value: value, reason: reason)
        case .SlugTaken(let words, let slug):
            self = .slugTaken(message: words, slug: slug)
        case .NotAvailable(let words, let slug):
            self = .notAvailable(message: words, slug: slug)
        case .NoSuchTenant(let words, let tenantId):
            self = .noSuchTenant(message: words, tenantID: TenantID(rawValue: tenantId))
        case .NoSuchMembership(let words, let tenantId, let userKey):
            self = .noSuchMembership(message: words, tenantID: TenantID(rawValue: tenantId), userKey: userKey)
        case .AlreadyMember(let words, let tenantId, let userKey):
            self = .alreadyMember(message: words, tenantID: TenantID(rawValue: tenantId), userKey: userKey)
        case .LastOwner(let words, let tenantId, let userKey):
            self = .lastOwner(message: words, tenantID: TenantID(rawValue: tenantId), userKey: userKey)
        case .Row(let words, let row, _):
            self = .row(message: words, row: RowError(row))
        case .Snapshot(let words, let reason):
            self = .snapshot(message: words, reason: reason)
        case .Closed(let words, let path):
            self = .closed(message: words, path: path)
        case .Store(let words, let code, let path):
            self = .store(message: words, code: code, path: path)
        case .Other(let words, let code):
            self = .unexpected(message: words, code: code)
        }
    }
}

/// Runs what calls the library, and says what goes wrong there in our own error.
func translated<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch let error as EngineError {
        throw TenantryError(error)
    } catch {
        let message = "a defect of tenantry, please report it: \(error.localizedDescription)"
        throw TenantryError.unexpected(message: message, code: "internal")
    }
}
