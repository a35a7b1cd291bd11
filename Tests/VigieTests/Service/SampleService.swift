import Synchronization
import Vigie

/// A service with a route for each thing that the tests look at.
struct Sample: Service {
    static let name: ServiceName = "sample"
    static let version = "1.2.3"
    static let options: [any ConfigurationPart.Type] = [SampleOptions.self]
    private let greeting: String
    private let group: EventLoopGroup

    init(_ setup: ServiceSetup) async throws {
        let options = setup.configuration[SampleOptions.self]
        greeting = options.greeting
        group = setup.group
        if options.failsToStart { throw StartError("told to fail") }
        for name in options.needs {
            setup.depends(on: name) { try Switches.shared.check(name) }
        }
        for name in options.wants {
            setup.depends(on: name, isRequired: false) { try Switches.shared.check(name) }
        }
    }

    var routes: some Routes {
        Get("/hello", auth: .open) { _ in greeting }
        Get("/me") { (_, me: Principal) in me.subject }
        Get("/hosts", auth: .role("host")) { _ in "hosts" }
        Post("/things", auth: .open) { (_, thing: Thing) in thing }
        Get("/remaining", auth: .open) { _ in
            "\(Context.current.remaining().map { Int($0.components.seconds) } ?? -1)"
        }
        Get("/mishap", auth: .open) { _ -> String in throw Mishap() }
        Get("/slow", auth: .open, .timeout(.milliseconds(100))) { _ -> String in
            try await group.next().sleep(for: .seconds(60))
            return "never"
        }
    }

    struct Mishap: Error, CustomStringConvertible { let description = "the text of a mishap" }
}

/// What comes in and goes out.
struct Thing: RequestBody, Encodable, Validatable {
    let name: String
    let count: Int32
    let tags: [String]?

    func validate(_ check: inout Validation) {
        check.require("name", !name.isEmpty, "must not be empty")
    }
}

/// The sample's own settings.
struct SampleOptions: ConfigurationPart {
    var greeting = "hello"
    var failsToStart = false
    var needs: [String] = []
    var wants: [String] = []

    static let title = "Sample"
    static let settings: [Setting<Self>] = [
        Setting("sample.greeting", \.greeting, .text(), help: "What it says."),
        Setting("sample.fails", \.failsToStart, .boolean, help: "Whether it fails to start."),
        Setting("sample.needs", \.needs, .list(of: .text()), help: "What it needs."),
        Setting("sample.wants", \.wants, .list(of: .text()), help: "What it would like."),
    ]
}

/// Dependencies that tests switch off and on, by name.
final class Switches: Sendable {
    static let shared = Switches()
    struct Off: Error {}
    private let off = Mutex<Set<String>>([])

    func set(_ name: String, isOn: Bool) {
        off.withLock { off in if isOn { off.remove(name) } else { off.insert(name) } }
    }

    func check(_ name: String) throws {
        if off.withLock({ $0.contains(name) }) { throw Off() }
    }
}
