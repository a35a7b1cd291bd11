import Testing

@testable import Configuration

@Suite("mistakes are all told at once, each with name, value, rule and the nearest known name")
struct MistakeTests {
    static let flags: [([String], String)] = [
        (["--server-prot", "1"], "--server-prot: no such flag; did you mean --server-port?"),
        (["--server-prot=1"], "--server-prot: no such flag; did you mean --server-port?"),
        (["--Zone", "x"], "--Zone: no such flag; did you mean --zone?"),
        (["--quantum-flux"], "--quantum-flux: no such flag"),
        (["--"], "--: no such flag"),
        (["--server-port"], "--server-port: needs a value: a whole number from 0 to 65535"),
        (["--server-port", "--mode=fast"], "--server-port: needs a value: a whole number from 0 to 65535"),
        (["--mode=fast", "--mode", "fast"], "--mode: given twice"),
        (["serve"], "argument 1: is not a flag; flags begin with --"),
        (["--plain", "-x"], "argument 2: is not a flag; flags begin with --"),
        (["--server-port=70000"], "--server-port = 70000: must be a whole number from 0 to 65535"),
        (["--server-port=+5"], "--server-port = +5: must be a whole number from 0 to 65535"),
        (["--server-port", "-5"], "--server-port = -5: must be a whole number from 0 to 65535"),
        (
            ["--server-port=99999999999999999999"],
            "--server-port = 99999999999999999999: must be a whole number from 0 to 65535"
        ),
        (
            ["--server-idle-timeout=90"],
            "--server-idle-timeout = 90: must be a time from 1s to 1h, such as 250ms or 1m30s"
        ),
        (
            ["--server-idle-timeout=2h"],
            "--server-idle-timeout = 2h: must be a time from 1s to 1h, such as 250ms or 1m30s"
        ),
        (["--trace-ratio=nan"], "--trace-ratio = nan: must be a decimal number from 0.0 to 1.0"),
        (["--trace-enabled=yes"], "--trace-enabled = yes: must be true or false"),
        (
            ["--server-body-limit=2GB"],
            "--server-body-limit = 2GB: must be a number of bytes from 0B to 1GiB, such as 64KiB or 10MiB"
        ),
        (["--zone=West"], "--zone = West: must be 1 to 8 of a-z"),
        (["--mode=quick"], "--mode = quick: must be one of fast, safe"),
        (
            ["--peers=a,,b"],
            "--peers = a,,b: must be a list of at most 3, parted by commas, each a text of 1 to 20 characters"
        ),
        (
            ["--peers=a,b,c,d"],
            "--peers = a,b,c,d: must be a list of at most 3, parted by commas, each a text of 1 to 20 characters"
        ),
        (
            ["--collector=ftp://h"],
            "--collector = ftp://h: must be http://host:port/path or https://host:port/path, without user and query"
        ),
        (["--export-delay=0"], "--export-delay = 0: must be a whole number from 1 to 60000 (milliseconds)"),
        (["--zone=a\u{1B}[31m\n"], #"--zone = a\u{1B}[31m\n: must be 1 to 8 of a-z"#),
    ]

    @Test("by flags", arguments: flags)
    func refusesFlags(arguments: [String], message: String) {
        let text = shown([SampleOptions.self], arguments)
        #expect(text?.split(separator: "\n").contains("  \(message)") == true, "\(text ?? "none")")
    }

    static let variables: [(String, String, String)] = [
        ("VIGIE_SERVER_PORTS", "1", "VIGIE_SERVER_PORTS: no such variable; did you mean VIGIE_SERVER_PORT?"),
        ("VIGIE_", "1", "VIGIE_: no such variable"),
        ("VIGIE_COLLECTOR", "http://h", "VIGIE_COLLECTOR: no such variable"),
        ("VIGIE_MODE", "", "VIGIE_MODE = : must be one of fast, safe"),
        (
            "OTEL_BSP_SCHEDULE_DELAY", "1s",
            "OTEL_BSP_SCHEDULE_DELAY = 1s: must be a whole number from 1 to 60000 (milliseconds)"
        ),
    ]

    @Test("by the environment", arguments: variables)
    func refusesVariables(name: String, value: String, message: String) {
        let text = shown([SampleOptions.self], environment: [name: value])
        #expect(text == "1 mistake in the configuration:\n  \(message)")
    }

    static let files: [(ConfigurationTree, String)] = [
        (["server": ["prot": 1]], "server.prot in app.json: no such key; did you mean server.port?"),
        (["sevrer": ["port": 1]], "sevrer.port in app.json: no such key; did you mean server.port?"),
        (["server": 8080], "server in app.json: no such key"),
        (
            ["server": ["port": ["x": 1]]],
            "server.port in app.json: must be a whole number from 0 to 65535, not an object"
        ),
        (
            ["server": ["port": .null]],
            "server.port in app.json: must be a whole number from 0 to 65535, not null"
        ),
        (["server": ["port": [1]]], "server.port in app.json = 1: must be a whole number from 0 to 65535"),
        (
            ["server": ["port": true]],
            "server.port in app.json = true: must be a whole number from 0 to 65535"
        ),
        (
            ["server": ["port": .number("8e3")]],
            "server.port in app.json = 8e3: must be a whole number from 0 to 65535"
        ),
        (
            ["peers": [["a"]]],
            "peers in app.json: must be a list of at most 3, parted by commas, each a text of 1 to 20 characters, not such a list"
        ),
        (["mode": "fast", "mode": "safe"], "mode in app.json: given twice"),
        (["": 1], " in app.json: no such key"),
        (["nothing": [:]], "nothing in app.json: no such key"),
        ([8080], "app.json: must be one object of settings"),
        (.null, "app.json: must be one object of settings"),
    ]

    @Test("by the file", arguments: files)
    func refusesFiles(file: ConfigurationTree, message: String) {
        #expect(shown([SampleOptions.self], file: file) == "1 mistake in the configuration:\n  \(message)")
    }

    @Test("a file of great depth is refused, not followed to its end")
    func depth() {
        var tree: ConfigurationTree = 1
        for _ in 0..<1_000 { tree = ["a": tree] }
        #expect(
            shown([SampleOptions.self], file: tree)?.hasSuffix("a.a.a.a.a.a.a.a in app.json: no such key")
                == true
        )
    }

    @Test("what is missing, and what contradicts itself")
    func parts() {
        #expect(
            shown([VaultOptions.self]) == """
                1 mistake in the configuration:
                  vault.url: must be set, by --vault-url, VIGIE_VAULT_URL, or vault.url in the file: a text of 1 to 4096 characters
                """
        )
        #expect(
            shown([VaultOptions.self], ["--vault-url=x", "--vault-least=20"]) == """
                1 mistake in the configuration:
                  Vault: vault.least (20) must not be above vault.most (10)
                """
        )
    }

    @Test("all sources and parts together")
    func atOnce() {
        let text = shown(
            [SampleOptions.self, VaultOptions.self],
            ["--nodes", "3"],
            environment: ["VIGIE_MODE": "slow"],
            file: ["zoom": 1]
        )
        #expect(
            text == """
                4 mistakes in the configuration:
                  --nodes: no such flag; did you mean --codes?
                  zoom in app.json: no such key; did you mean zone?
                  VIGIE_MODE = slow: must be one of fast, safe
                  vault.url: must be set, by --vault-url, VIGIE_VAULT_URL, or vault.url in the file: a text of 1 to 4096 characters
                """
        )
    }

    private struct Twice: ConfigurationPart {
        var port = 1
        var other = 2
        static let title = "Twice"
        static let settings: [Setting<Self>] = [
            Setting("server.port", \.port, .integer(0...9), help: "One."),
            Setting("Server Port", \.other, .integer(0...9), help: "Two."),
        ]
    }

    @Test("settings that clash and keys that are none are told, and end nothing")
    func declarations() {
        let text = shown([SampleOptions.self, Twice.self])
        #expect(text?.contains("--server-port: declared by two settings") == true)
        #expect(text?.contains("Server Port: a key is words of a-z and 0-9, parted by . or -") == true)
    }

    static let keys: [(String, Bool)] = [
        ("a", true), ("server.port", true), ("a1.b-c2", true), ("", false), (".a", false), ("a.", false),
        ("a..b", false), ("a--b", false), ("-a", false), ("A", false), ("1a", false), ("a_b", false),
        ("é", false),
    ]

    @Test("keys", arguments: keys)
    func wellFormed(key: String, isWellFormed: Bool) {
        #expect(SettingName(key: key).isWellFormed == isWellFormed)
    }

    static let distances: [(String, String, Int)] = [
        ("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("port", "prot", 2),
        ("a", "a", 0),
    ]

    @Test("edits between names", arguments: distances)
    func distance(left: String, right: String, edits: Int) {
        #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == edits)
        #expect(NearestName.distance(Array(right.utf8), Array(left.utf8)) == edits)
        #expect(NearestName.find(String(repeating: "x", count: 129), among: ["x"]) == nil)
    }
}
