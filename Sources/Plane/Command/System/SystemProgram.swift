import JSON
import Reactor
import Supervisor
import SystemModel

/// The program of a system, and what it declares.
struct SystemProgram {
    let path: String
    private(set) var declaration: SystemDeclaration

    /// The system that is meant when none is named.
    static let standard = "hometrip"

    /// Finds a system's program (a path, or a name beside `vigie` or in `PATH`) and asks it for its declaration.
    ///
    /// - Throws: ``Arguments/Mistake`` that says what is wrong.
    init(_ name: String, on loop: EventLoop) async throws {
        guard let path = name.contains("/") ? name : Tool.find(name) else {
            throw Arguments.Mistake(
                description:
                    "there is no system \(name.debugDescription): no program of that name beside vigie or in PATH"
            )
        }
        self.path = path
        let text = try await Tool.run(path, ["system"], on: loop).joined(separator: "\n")
        do { declaration = try JSONText.decode(SystemDeclaration.self, from: Array(text.utf8)) } catch {
            throw Arguments.Mistake(
                description: "\(path) system does not print a system's declaration: \(error)"
            )
        }
        let problems = declaration.problems()
        guard problems.isEmpty else {
            throw Arguments.Mistake(
                description: "the system \(name) can't be run:\n  " + problems.joined(separator: "\n  ")
            )
        }
    }

    /// Changes how often one client may call, by zone: `auth=100/s:50,api=1000/s:1000`, rate and burst.
    ///
    /// - Throws: ``Arguments/Mistake`` for a zone that there isn't, or what is no rate.
    mutating func setZones(_ text: String) throws {
        for piece in text.split(separator: ",") {
            guard let match = piece.wholeMatch(of: /([a-z0-9_-]+)=([0-9]+\/(?:s|min)):([0-9]+)/),
                let burst = Int(match.3)
            else {
                throw Arguments.Mistake(description: "\(piece) is not ZONE=RATE:BURST, such as auth=100/s:50")
            }
            guard burst <= RateZone.burstLimit else {
                throw Arguments.Mistake(description: "\(piece): a burst is at most \(RateZone.burstLimit)")
            }
            guard declaration.front.zones[String(match.1)] != nil else {
                let known = declaration.front.zones.keys.sorted().joined(separator: ", ")
                throw Arguments.Mistake(description: "there is no zone \(match.1); there are: \(known)")
            }
            declaration.front.zones[String(match.1)] = RateZone(String(match.2), burst: burst)
        }
    }
}
