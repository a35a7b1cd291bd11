import Glibc
import HomeTripSystem
import Identity
import JSON
import Listing
import SystemModel
import Vigie

/// HomeTrip's services, each run by its name: `hometrip SUBCOMMAND …`.
@main struct HomeTripCommand {
    /// Exit statuses: those of services (defaults.md), and sysexits(3) for a bad command line.
    enum Status {
        static let ended: Int32 = 0
        static let failed: Int32 = 1
        static let usage: Int32 = 64
    }

    private static let help = """
        usage: hometrip SUBCOMMAND …

          auth, user   accounts, logins, tokens and their keys; one process answers for both
          listing      places to stay at, their calendars and photos
          system       print what the system consists of, for `vigie up` and `vigie render`
          seed         write hosts and listings to try things with, through the services' interfaces

        hometrip SUBCOMMAND --help tells more.
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "auth", "user": Identity.run("hometrip auth", rest)
        case "listing": Listings.run("hometrip listing", rest)
        case "seed": SeedCommand.run(rest)
        case "system": tellSystem()
        case nil, "--help", "-h", "help": end(help, arguments.isEmpty ? Status.usage : Status.ended)
        case let name?:
            StandardStream.error.write(
                line: "hometrip: there is no subcommand \(name.debugDescription)\n\n\(help)"
            )
            exit(Status.usage)
        }
    }

    private static func tellSystem() -> Never {
        do {
            let text = try JSONText.encode(HomeTrip.system, JSONEncodingOptions(isPretty: true))
            end(String(decoding: text, as: UTF8.self), Status.ended)
        } catch {
            StandardStream.error.write(line: "hometrip system: \(error)")
            exit(Status.failed)
        }
    }

    private static func end(_ text: String, _ status: Int32) -> Never {
        StandardStream.output.write(line: text)
        exit(status)
    }
}
