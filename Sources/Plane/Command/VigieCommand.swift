import Front
import Gateway
import Glibc
import Reactor
import Vigie

/// The operator's command: `vigie SUBCOMMAND …`.
@main struct VigieCommand {
    /// Exit statuses: those of services (defaults.md), and sysexits(3) for a bad command line.
    enum Status {
        static let ended: Int32 = 0
        static let failed: Int32 = 1
        static let forced: Int32 = 3
        static let usage: Int32 = 64
    }

    static let help = """
        usage: vigie SUBCOMMAND …

          up         start a system with all that it needs, and keep it running
          down       end it
          ps         what runs, and how it is
          logs       what processes wrote
          traces     requests through all parts, as waterfalls
          scale      more or fewer processes of a part: listing=3
          restart    end processes and start them again
          rollout    replace processes by new ones, which are ready before the old ones leave
          stop       end processes, until start
          start      start what was stopped
          open       the pages of what is up
          seed       fill a system with example data
          doctor     what is missing on this machine, and what mends it
          check      ask a URL once, for health checks
          render     docker-compose.yml and documents out of a system's declaration

          front      own nginx before the gateways: TLS, limits by address, static files, one log
          gateway    stand before the services: who may call, how often, and who answers
          api-key    make a key for a program that calls the gateway, and the digest for the gateway's file
          registry   serve Consul's HTTP API from this machine: discovery, health, keys, sessions

        vigie SUBCOMMAND --help tells more.
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "front": Front.run("vigie front", Array(arguments.dropFirst()))
        case "gateway": Gateway.run("vigie gateway", Array(arguments.dropFirst()))
        case "api-key": makeKey(Array(arguments.dropFirst()))
        case "registry": RegistryCommand.run(Array(arguments.dropFirst()))
        case let name? where SystemCommand.names.contains(name):
            SystemCommand.run(name, Array(arguments.dropFirst()))
        case nil, "--help", "-h", "help":
            StandardStream.output.write(line: help)
            exit(arguments.isEmpty ? Status.usage : Status.ended)
        case let name?:
            StandardStream.error.write(
                line: "vigie: there is no subcommand \(name.debugDescription)\n\n\(help)"
            )
            exit(Status.usage)
        }
    }

    private static func makeKey(_ arguments: [String]) -> Never {
        guard arguments.isEmpty else {
            let isHelp = ["--help", "-h"].contains(arguments[0])
            let text =
                "usage: vigie api-key\n\nPrints a new key, which is shown this once, and its SHA-256 for `apiKeys`."
            if isHelp {
                StandardStream.output.write(line: text)
            } else {
                StandardStream.error.write(
                    line: "vigie api-key: unknown argument \(arguments[0].debugDescription)\n\n\(text)"
                )
            }
            exit(isHelp ? Status.ended : Status.usage)
        }
        do {
            let (key, digest) = try APIKey.make()
            StandardStream.output.write(line: "key     \(key.reveal())\nsha256  \(digest)")
            exit(Status.ended)
        } catch {
            StandardStream.error.write(line: "vigie api-key: \(error)")
            exit(Status.failed)
        }
    }
}
