import Tenantry
import XCTest

/// What a Django project exported, imported here: the same answers, as `tests/fixtures/snapshots` of the project has them.
final class DjangoSnapshotTests: EngineTestCase {
    private let snapshots = casesFolder.appendingPathComponent("snapshots")

    private func read(_ name: String) throws -> String {
        try String(contentsOf: snapshots.appendingPathComponent(name), encoding: .utf8)
    }

    private func key(in snapshot: String) throws -> String {
        let fields = try JSONSerialization.jsonObject(with: Data(snapshot.utf8)) as? [String: Any]
        return try XCTUnwrap(fields?["user_key"] as? String)
    }

    func testAnEngineAnswersAsTheProjectThatExported() async throws {
        let answers = try JSONSerialization.jsonObject(with: Data(read("answers.json").utf8)) as! [[String: Any]]
        XCTAssertGreaterThan(answers.count, 50)
        for one in answers.map({ Case(fields: $0) }) {
            let name = one.text("snapshot")
            let engine = try open("\(name).db")
            try await engine.importSnapshot(try read(name))
            let answer = try await engine.resolve(Request(user: one.text("user"), selected: one.textOrNil("selected")))
            XCTAssertEqual(Answer(answer), Answer(one["answer"]), "\(name) \(one.textOrNil("selected") ?? "none")")
        }
    }

    func testWhatTheLaterOneRevokesIsRefusedAtOnce() async throws {
        let engine = try open()
        let (before, after) = (try read("ann.before.json"), try read("ann.after.json"))
        let ann = try key(in: before)
        try await engine.importSnapshot(before)
        try await engine.select(user: ann, slug: "globex")
        let first = try await engine.tenants(of: ann)
        try await engine.importSnapshot(before)
        let same = try await engine.tenants(of: ann)
        XCTAssertEqual(same, first, "the same again changes nothing")

        try await engine.importSnapshot(after)
        let refused = try await engine.current(user: ann)
        XCTAssertEqual(refused, .unresolved(reason: .notAvailable))
        let renamed = try await engine.select(user: ann, slug: "acme")
        XCTAssertEqual(renamed.tenant?.slug, "acme-inc", "the old slug leads there")
    }

    func testWhatIsDamagedOrNewerIsRefusedAndChangesNothing() async throws {
        let engine = try open()
        let good = try read("ann.before.json")
        let ann = try key(in: good)
        try await engine.importSnapshot(good)
        let before = try await engine.tenants(of: ann)
        let files = try FileManager.default.contentsOfDirectory(atPath: snapshots.appendingPathComponent("refused").path)
        XCTAssertGreaterThan(files.count, 10)
        for file in files {
            let error = try await failure(of: { try await engine.importSnapshot(try read("refused/\(file)")) })
            guard case .snapshot = error else { return XCTFail("\(file): \(error)") }
            let after = try await engine.tenants(of: ann)
            XCTAssertEqual(after, before, file)
        }
    }
}
