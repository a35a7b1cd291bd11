import Glibc
import Identity
import Listing
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
        case nil, "--help", "-h", "help": end(help, arguments.isEmpty ? Status.usage : Status.ended)
        case let name?:
            StandardStream.error.write(
                line: "hometrip: there is no subcommand \(name.debugDescription)\n\n\(help)"
            )
            exit(Status.usage)
        }
    }

    private static func end(_ text: String, _ status: Int32) -> Never {
        StandardStream.output.write(line: text)
        exit(status)
    }
}
