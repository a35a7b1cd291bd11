import Configuration
import HTTP
import JSON
import Routing
import Telemetry

/// What those who operate the service may do, on the admin listener.
struct AdminRoutes: Sendable {
    let levels: LogLevels
    let logger: Logger

    @RoutesBuilder var routes: RouteList {
        Get("/admin/log-level", .summary("From which level on lines are written")) { _ in levelsNow }
        Put("/admin/log-level", .summary("Sets the level of all modules, or of one")) {
            (_, change: LevelChange) in
            try apply(change)
        }
    }

    private var levelsNow: LevelsAnswer {
        LevelsAnswer(
            level: levels.level(of: nil).description,
            modules: levels.modules.mapValues(\.description)
        )
    }

    private func apply(_ change: LevelChange) throws -> LevelsAnswer {
        guard let name = change.level else {
            guard let module = change.module else {
                throw Problem.invalid([
                    ProblemField(.pointer("/level"), detail: "must be given without a module")
                ])
            }
            levels.reset(module)
            return levelsNow
        }
        guard let level = LogLevel(name) else {
            let detail = "must be one of \(LogLevel.allCases.map(\.description).joined(separator: ", "))"
            throw Problem.invalid([ProblemField(.pointer("/level"), detail: detail)])
        }
        guard levels.set(level, for: change.module) else {
            throw Problem.conflict("\(LogLevels.moduleLimit) modules have a level of their own already")
        }
        logger.info("log level changed", ["level": .string(name), "of": .string(change.module ?? "all")])
        return levelsNow
    }
}

/// A change of levels: `{"level": "debug", "module": "http"}`; without a level the module's own one goes.
private struct LevelChange: RequestBody {
    let level: String?
    let module: String?
}

/// The levels in force.
private struct LevelsAnswer: Encodable {
    let level: String
    let modules: [String: String]
}
