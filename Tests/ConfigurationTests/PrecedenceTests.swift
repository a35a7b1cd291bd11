import Testing

@testable import Configuration

@Suite("flags win over the environment, that over the file, that over defaults") struct PrecedenceTests {
    static let combinations = [
        (false, false, false), (false, false, true), (false, true, false), (false, true, true),
        (true, false, false),
        (true, false, true), (true, true, false), (true, true, true),
    ]

    @Test("the strongest source that has a value wins, and is named", arguments: combinations)
    func strongest(hasFlag: Bool, hasVariable: Bool, hasFile: Bool) throws {
        let arguments = hasFlag ? ["--server-port", "1"] : []
        let environment = hasVariable ? ["VIGIE_SERVER_PORT": "2"] : [:]
        let file: ConfigurationTree? = hasFile ? ["server": ["port": 3]] : nil
        let options = try load(SampleOptions.self, arguments, environment: environment, file: file)
        #expect(options.port == (hasFlag ? 1 : hasVariable ? 2 : hasFile ? 3 : 8080))
        let text = shown(
            [SampleOptions.self],
            arguments + ["--print-config"],
            environment: environment,
            file: file
        )
        let source =
            hasFlag
            ? "--server-port"
            : hasVariable ? "VIGIE_SERVER_PORT" : hasFile ? "server.port in app.json" : "default"
        #expect(text?.contains("server.port = \(options.port)  (\(source))") == true)
    }

    @Test("a value that is overridden must keep its rule too")
    func checksAll() {
        let text = shown(
            [SampleOptions.self],
            ["--server-port=1"],
            environment: ["VIGIE_SERVER_PORT": "x"],
            file: ["server": ["port": -3]]
        )
        #expect(
            text == """
                2 mistakes in the configuration:
                  server.port in app.json = -3: must be a whole number from 0 to 65535
                  VIGIE_SERVER_PORT = x: must be a whole number from 0 to 65535
                """
        )
    }

    @Test("the names are made from the key by one rule")
    func names() {
        let name = SettingName(key: "server.idle-timeout")
        #expect(name.flag == "--server-idle-timeout")
        #expect(name.environment == "VIGIE_SERVER_IDLE_TIMEOUT")
        #expect(name.fileReference.key == "server.idle-timeout-file")
        #expect(name.fileReference.environment == "VIGIE_SERVER_IDLE_TIMEOUT_FILE")
        #expect(SettingName(key: "advertise.address").environment == "VIGIE_ADVERTISE_ADDRESS")
        #expect(
            SettingName(key: "a", environment: "PGPASSWORD").fileReference.environment == "PGPASSWORD_FILE"
        )
    }

    @Test("each kind of value arrives from arguments, environment and file")
    func kinds() throws {
        var expected = SampleOptions()
        expected.port = 0
        expected.idleTimeout = .seconds(90)
        expected.ratio = 0.25
        expected.isTraced = false
        expected.bodyByteLimit = 10 << 20
        expected.zone = "west"
        expected.mode = .fast
        expected.peers = ["a", "b"]
        expected.codes = [200, 404]
        expected.collector = Endpoint("http://[::1]:4318/v1")
        expected.isPlain = true
        expected.exportDelay = .milliseconds(250)
        let fromArguments = try load(
            SampleOptions.self,
            [
                "--server-port", "0", "--server-idle-timeout=1m30s", "--trace-ratio", "0.25",
                "--trace-enabled=false",
                "--server-body-limit", "10MiB", "--zone", "west", "--mode=fast", "--peers", "a, b",
                "--codes=200,404",
                "--collector", "http://[::1]:4318/v1", "--plain", "--export-delay", "250",
            ]
        )
        #expect(fromArguments == expected)
        let fromEnvironment = try load(
            SampleOptions.self,
            environment: [
                "VIGIE_SERVER_PORT": "0", "VIGIE_SERVER_IDLE_TIMEOUT": "90s", "VIGIE_TRACE_RATIO": "0.25",
                "VIGIE_TRACE_ENABLED": "false", "VIGIE_SERVER_BODY_LIMIT": "10485760", "VIGIE_ZONE": "west",
                "VIGIE_MODE": "fast", "VIGIE_PEERS": "a,b", "VIGIE_CODES": "200, 404",
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1]:4318/v1", "NO_COLOR": "1",
                "OTEL_BSP_SCHEDULE_DELAY": "250", "PATH": "/bin", "OTEL_OTHER": "theirs",
            ]
        )
        #expect(fromEnvironment == expected)
        let fromFile = try load(
            SampleOptions.self,
            file: [
                "server": ["port": 0, "idle-timeout": "1m30s", "body-limit": "10MiB"],
                "trace": ["ratio": .number("0.25"), "enabled": false], "zone": "west", "mode": "fast",
                "peers": ["a", "b"], "codes": [200, 404], "collector": "http://[::1]:4318/v1", "plain": true,
                "export-delay": 250,
            ]
        )
        #expect(fromFile == expected)
    }

    @Test("a name that somebody else owns counts as unset when it is empty; ours does not")
    func empty() throws {
        let theirs = ["OTEL_EXPORTER_OTLP_ENDPOINT": "", "NO_COLOR": "", "OTEL_BSP_SCHEDULE_DELAY": ""]
        #expect(try load(SampleOptions.self, environment: theirs) == SampleOptions())
        #expect(
            shown([SampleOptions.self], environment: ["VIGIE_SERVER_PORT": ""])?.contains("must be") == true
        )
        #expect(try load(SampleOptions.self, environment: ["VIGIE_PEERS": ""]).peers == [])
    }

    @Test("NO_COLOR counts by being there, the flag and the key of the file by their value")
    func presence() throws {
        #expect(try load(SampleOptions.self, environment: ["NO_COLOR": "false"]).isPlain)
        #expect(try !load(SampleOptions.self, ["--plain=false"], environment: ["NO_COLOR": "1"]).isPlain)
        #expect(try !load(SampleOptions.self, file: ["plain": false]).isPlain)
    }

    @Test("the file's own path comes from a flag or the environment")
    func filePath() {
        let schema = ConfigurationSchema(program: "sample", parts: [SampleOptions.self])
        let environment = ["VIGIE_CONFIG": "/etc/b.json"]
        #expect(schema.filePath(arguments: [], environment: [:]) == nil)
        #expect(schema.filePath(arguments: ["--oops"], environment: environment) == "/etc/b.json")
        #expect(schema.filePath(arguments: ["--config", "a.json"], environment: environment) == "a.json")
    }

    @Test("a part that was not declared is a mistake in the program")
    func undeclared() async {
        await #expect(processExitsWith: .failure) {
            let schema = ConfigurationSchema(program: "sample", parts: [])
            guard case .run(let loaded) = try schema.load(from: ConfigurationSources()) else { return }
            _ = loaded[SampleOptions.self]
        }
    }
}
