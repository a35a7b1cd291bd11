import Vigie

/// A service for tests of processes: how it starts, drains and is cut.
@main struct DrillService: Service {
    static let name: ServiceName = "drill"
    private let group: EventLoopGroup

    init(_ setup: ServiceSetup) async throws {
        group = setup.group
        if setup.configuration[DrillOptions.self].hasDeafWork {
            // Ends for nobody: what the process must not wait for.
            setup.runs("deaf") { await Self.forever() }
        }
    }

    static let options: [any ConfigurationPart.Type] = [DrillOptions.self]

    var routes: some Routes {
        Get("/fast", auth: .open) { _ in "fast" }
        Post("/fast", auth: .open) { _ in NoContent() }
        Get("/slow", auth: .open) { _ in
            try await group.next().sleep(for: .milliseconds(200))
            return "slow"
        }
        Get("/hang", auth: .open, .timeout(.seconds(3_600))) { _ in
            await Self.forever()
            return "never"
        }
    }

    private static func forever() async {
        // Nobody resumes it.
        unsafe await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
}

/// What the tests ask for.
struct DrillOptions: ConfigurationPart {
    var hasDeafWork = false

    static let title = "Drill"
    static let settings: [Setting<Self>] = [
        Setting(
            "drill.deaf-work",
            \.hasDeafWork,
            .boolean,
            help: "Whether work beside the requests never ends."
        )
    ]
}
