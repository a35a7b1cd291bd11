import Vigie

/// Calls the service `drill` by its name, GET and POST, without a pause, and tells what came of it at `/figures`: the load of
/// the drills in `Benchmarks/ServiceDrill`.
@main struct DrillLoad: Service {
    static let name: ServiceName = "load"
    static let options: [any ConfigurationPart.Type] = [LoadOptions.self]
    private let load: Load

    init(_ setup: ServiceSetup) async throws {
        let load = Load(try setup.client("drill"), workers: setup.configuration[LoadOptions.self].workers)
        setup.runs("load") { [group = setup.group] in await load.run(on: group) }
        self.load = load
    }

    var routes: some Routes {
        Get("/figures", auth: .open, .quiet) { _ in load.figures }
    }
}

/// How hard it calls.
struct LoadOptions: ConfigurationPart {
    var workers = 8

    static let title = "Load"
    static let settings: [Setting<Self>] = [
        Setting(
            "load.workers",
            \.workers,
            .integer(1...1_000),
            help: "Calls at a time; each second one is a POST."
        )
    ]
}
