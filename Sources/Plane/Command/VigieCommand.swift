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

          gateway    stand before the services: who may call, how often, and who answers
          registry   serve Consul's HTTP API from this machine: discovery, health, keys, sessions

        vigie SUBCOMMAND --help tells more.
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "gateway": Gateway.run("vigie gateway", Array(arguments.dropFirst()))
        case "registry": RegistryCommand.run(Array(arguments.dropFirst()))
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
}
