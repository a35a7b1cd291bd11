/// What `--help` says of the subcommands about systems.
enum SystemHelp {
    static func text(of name: String) -> String { "usage: vigie " + (texts[name] ?? name) }

    private static let which = """
          --system NAME  which one, when more than one is up in this folder
          --isolated     the second copy
        """

    private static let texts = [
        "up": """
        up [SYSTEM] [--detach] [--isolated] [--zones ZONE=RATE:BURST,…] [--format json]

        Starts a system (default: hometrip) with all that it needs, in the order of what needs what, and keeps it running:
        registry, PostgreSQL, services, gateways, nginx, Prometheus, Alertmanager. Ctrl-C ends all of it. When it is up
        already, tells where.

          --detach       return when it is ready; `vigie down` ends it
          --isolated     a second copy beside the first: free ports, data of its own
          --zones …      how often one client may call, other than declared: auth=100/s:50
          --format json  print the state as JSON when it is ready

        Its files are in .vigie/SYSTEM: logs, data, certificates, secrets.
        """,
        "down":
            "down [--system NAME] [--isolated]\n\nEnds what is up in this folder: the edge first, stores last. Data stays.",
        "ps": "ps [--format json]\n\nShows the processes of what is up.\n\n\(which)",
        "logs": """
        logs [NAME…] [--follow] [--tail COUNT] [--search TEXT]

        Prints the logs of parts (`listing`), of processes (`listing/2`), or of all.

          --follow, -f   go on with what is written from now on
          --tail COUNT   so many lines of each; default 20
          --search TEXT  lines with this text alone
        \(which)
        """,
        "scale":
            "scale NAME=COUNT…\n\nBrings parts to so many processes: `vigie scale listing=3`.\n\n\(which)",
        "restart":
            "restart NAME…\n\nEnds processes and starts them again, one after the other: a part, or one process `listing/2`.\n\n\(which)",
        "rollout":
            "rollout NAME…\n\nReplaces each process of a part by a new one, which is ready before the old one leaves.\n\n\(which)",
        "stop": "stop NAME…\n\nEnds processes until `vigie start`.\n\n\(which)",
        "start": "start NAME…\n\nStarts what was stopped.\n\n\(which)",
        "open":
            "open [PAGE]\n\nOpens the pages of what is up in a browser, where there is one, and prints their addresses.\n\n\(which)",
        "doctor":
            "doctor [SYSTEM] [--format json]\n\nLooks whether all is there that a system needs, and says what mends what is not.",
        "render": """
        render [SYSTEM] [--check] [--to FOLDER]

        Writes what follows from a system's declaration: docker-compose.yml, the gateway's and the front's documents for it.

          --check      write nothing; fail when a file differs
          --to FOLDER  default: this folder
        """,
        "traces": """
        traces [ID] [--last COUNT] [--all]

        Lists the last traces of the present run, or of the last one; or shows one as a waterfall. The beginning of an id is enough.
        \(which)
        """,
        "check":
            "check http://HOST:PORT/PATH\n\nAsks once; exit status 0 for 200, 1 for all else. For the health checks of containers.",
        "seed":
            "seed SYSTEM [--isolated] [OPTION…]\n\nFills a system that is up with example data; options are those of the system's program.",
    ]
}
