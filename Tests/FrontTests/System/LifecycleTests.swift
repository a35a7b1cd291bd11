import Foundation
import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

@Suite(
    "the front and its nginx",
    .enabled(if: Program.isWanted("nginx", "curl", "openssl")),
    .timeLimit(.minutes(3))
)
struct LifecycleTests {
    /// Whether a process runs; one that nobody has buried yet does not.
    private static func isAlive(_ id: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else {
            return false
        }
        return text.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    @Test("nginx that is killed is started again, and its workers hold no port")
    func killedMaster() async throws {
        try await FrontStage.run { stage in
            let before = try stage.nginx()
            #expect(try await stage.metric("front_nginx_up") == 1)
            kill(before.master, SIGKILL)
            try await eventually("another nginx") {
                guard let now = try? stage.nginx().master, now != before.master else { return false }
                return (try? await stage.ask("/api/x").status) == 200
            }
            #expect(!before.workers.contains(where: Self.isAlive))
            #expect(try await stage.metric("front_nginx_restarts_total") == 1)
        }
    }

    @Test("a worker that is killed is nginx's own to replace")
    func killedWorker() async throws {
        try await FrontStage.run { stage in
            let before = try stage.nginx()
            for worker in before.workers { kill(worker, SIGKILL) }
            try await eventually("another worker") { (try? await stage.ask("/api/x").status) == 200 }
            #expect(try stage.nginx().master == before.master)
        }
    }

    @Test("a front that is killed leaves no nginx behind, and the next one takes its place")
    func killedFront() async throws {
        let folder = try FrontStage.openFolder()
        let gateway = try await EchoGateway.start()
        let peers = ["--clients-peers", "gateway=127.0.0.1:\(gateway.port)"]
        let first = try await FrontStage.start(FrontStage.open, [], peers, in: folder)
        let nginx = try first.nginx()
        first.front.process.signal(SIGKILL)
        _ = await first.front.process.ended()
        try await eventually("nginx's end") {
            !([nginx.master] + nginx.workers).contains(where: Self.isAlive)
        }
        let second = try await FrontStage.start(FrontStage.open, [], peers, in: folder)
        #expect(try await second.ask("/api/x").status == 200)
        await second.stop()
        await gateway.stop()
    }

    @Test("two fronts live side by side, each with its own folder and authority")
    func sideBySide() async throws {
        try await FrontStage.run { first in
            try await FrontStage.run { second in
                let statuses = [try await first.ask("/api/x").status, try await second.ask("/api/x").status]
                #expect(statuses == [200, 200])
                await #expect(throws: CurlAnswer.None.self) {
                    try await CurlAnswer.of([
                        "--cacert", first.authority, "https://localhost:\(second.httpsPort)/api/x",
                    ])
                }
            }
        }
    }

    @Test("a front that ends lets requests finish")
    func drains() async throws {
        try await FrontStage.run { stage in
            let latch = Latch()
            stage.gateways[0].answers { _ in
                await latch.wait()
                return HTTPResponse(.ok, body: HTTPBody("late"))
            }
            async let slow = stage.ask("/api/slow")
            try await eventually("the request") { stage.gateways[0].requests == 1 }
            let nginx = try stage.nginx()
            stage.front.process.signal(SIGTERM)
            try await eventually("nginx accepts no more") { (try? await stage.ask("/health")) == nil }
            latch.open()
            #expect(try await slow.text == "late")
            #expect(try await stage.front.end().exit == .exited(0))
            #expect(!Self.isAlive(nginx.master))
        }
    }

    @Test("a file with mistakes keeps the old one in force; one without is taken")
    func files() async throws {
        try await FrontStage.run { stage in
            let workers = try stage.nginx().workers
            try stage.rewrite(#"{"locations": [{"path": "/metrics"}]}"#)
            try await eventually("the mistake in /health") {
                try await Self.check(stage, "configuration") == "warn"
            }
            #expect(try await stage.ask("/api/x").status == 200)
            #expect(try stage.nginx().workers == workers)
            try stage.rewrite(#"{"locations": [{"path": "/other"}]}"#)
            try await eventually("the new location") { try await stage.ask("/other").status == 200 }
            // Workers of before answer what was on its way to them.
            try await eventually("no old location") { try await stage.ask("/api/x").status == 404 }
        }
    }

    @Test("what nginx does not take keeps the old configuration serving, and is counted")
    func refused() async throws {
        let folder = try FrontStage.openFolder()
        let (certificate, key) = ("\(folder.path)/own.pem", "\(folder.path)/own.key")
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        try await Program.succeed("openssl", arguments)
        let given = ["--front-certificate", certificate, "--front-key", key]
        try await FrontStage.run(FrontStage.open, given) { stage in
            let ask = {
                try await CurlAnswer.of([
                    "--cacert", certificate, "https://localhost:\(stage.httpsPort)/api/x",
                ]).status
            }
            #expect(try await ask() == 200)
            let whole = try Data(contentsOf: URL(filePath: certificate))
            let workers = try stage.nginx().workers
            try "nonsense".write(toFile: certificate, atomically: true, encoding: .utf8)
            try await eventually("the refusal") {
                try await stage.metric("front_reloads_total", "refused") >= 1
            }
            try await eventually("the refusal in /health") {
                try await Self.check(stage, "configuration") == "warn"
            }
            #expect(try stage.nginx().workers == workers)
            try whole.write(to: URL(filePath: certificate), options: .atomic)
            #expect(try await ask() == 200)
            try await eventually("all is well in /health") {
                try await Self.check(stage, "configuration") == "pass"
            }
            // A new certificate is a reload.
            let reloads = try await stage.metric("front_reloads_total", "done")
            try await Program.succeed("openssl", arguments)
            try await eventually("the new certificate") {
                try await stage.metric("front_reloads_total", "done") > reloads
            }
            #expect(try await ask() == 200)
        }
    }

    private static func check(_ stage: FrontStage, _ name: String) async throws -> String? {
        let checks = try await stage.askFront("/health").json["checks"]?["\(name):responseTime"]
        guard case .array(let list) = checks else { return nil }
        return list.first?["status"]?.string
    }

    @Test("an ordinary user's front runs nginx as that user", .enabled(if: geteuid() == 0))
    func ordinaryUser() async throws {
        let folder = try FrontStage.openFolder()
        let program = "\(folder.path)/vigie"
        // Where the build stands is not for others to enter.
        try FileManager.default.copyItem(atPath: try #require(Program.product("vigie")), toPath: program)
        try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: folder.path)
        let gateway = try await EchoGateway.start()
        let ports = try LoopbackPort.free(2)
        let become = "exec setpriv --reuid 65534 --regid 65534 --clear-groups \(program) \"$@\""
        let arguments = [
            "front", "--front-directory", "\(folder.path)/front", "--clients-peers",
            "gateway=127.0.0.1:\(gateway.port)",
            "--server-port", "0", "--front-https-port", "\(ports[1])", "--front-http-port",
        ]
        let front = try RunningProgram("vigie", arguments + ["\(ports[0])"], setup: become)
        _ = try await front.serving()
        let authority = "\(folder.path)/front/certificates/ca.pem"
        let ask = ["--cacert", authority, "https://localhost:\(ports[1])/api/x"]
        #expect(try await CurlAnswer.of(ask).status == 200)
        let number = try String(contentsOfFile: "\(folder.path)/front/run/nginx.pid", encoding: .utf8)
        let status = try String(
            contentsOfFile: "/proc/\(number.split(separator: "\n")[0])/status",
            encoding: .utf8
        )
        #expect(status.contains("Uid:\t65534"))
        await front.process.stop()
        let refused = try await RunningProgram("vigie", arguments + ["80"], setup: become).end()
        #expect(
            refused.exit == .exited(1) && refused.output.contains("ports below 1024 need root"),
            "\(refused.output)"
        )
        await gateway.stop()
    }

    @Test(
        "root's workers run as somebody without rights, who must get at the folder",
        .enabled(if: geteuid() == 0)
    )
    func root() async throws {
        try await FrontStage.run { stage in
            let worker = try stage.nginx().workers[0]
            let status = try String(contentsOfFile: "/proc/\(worker)/status", encoding: .utf8)
            #expect(!status.contains("Uid:\t0"))
        }
        let closed = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed.path)
        let ports = try LoopbackPort.free(2)
        let arguments = [
            "front", "--front-directory", "\(closed.path)/front", "--clients-peers", "gateway=127.0.0.1:1",
            "--front-http-port", "\(ports[0])", "--front-https-port", "\(ports[1])",
        ]
        let (output, exit) = try await RunningProgram.service("vigie", arguments).end()
        #expect(
            exit == .exited(1)
                && output.contains("can't enter \(closed.path): choose a folder that all can enter")
        )
    }

    private static let mistakes: [([String], Int32, String)] = [
        (["--front-certificate", "/a"], 64, "front.certificate and front.key are needed together"),
        (["--front-http-port", "9", "--front-https-port", "9"], 64, "must differ"),
        (["--front-name", "a b"], 64, "a host's name or numeric address"),
        (["--front-name", "a,b.$x"], 64, "a host's name or numeric address"),
        (["--front-host", "example.com"], 64, "a numeric IPv4 or IPv6 address"),
        (["--clients-peers", ""], 1, "nobody says where gateways are"),
        (["--front-nginx", "no-such-nginx"], 1, "there is no program no-such-nginx: install nginx"),
        (["--front-nginx", "/bin/true"], 1, "does not say that it is nginx"),
        (["--front-file", "/no/such/file"], 1, "/no/such/file: can't be read"),
        (["--front-directory", "/proc/x"], 1, "front.directory: can't make /proc/x/run"),
        (["--front-directory", "/tmp/a b"], 1, "choose a plain path"),
        (["--front-directory", "/tmp/" + String(repeating: "a", count: 120)], 1, "too long"),
        (["--front-host", "192.0.2.1"], 1, "no interface of this machine has that address"),
        (["--front-certificate", "/no/cert", "--front-key", "/no/key"], 1, "nginx does not take this"),
    ]

    @Test("what can't work is one clear line", arguments: mistakes)
    func mistake(arguments: [String], status: Int32, text: String) async throws {
        let folder = try FrontStage.openFolder()
        let ports = try LoopbackPort.free(2)
        var all = [
            "--front-directory": "\(folder.path)/front", "--front-http-port": "\(ports[0])",
            "--front-https-port": "\(ports[1])", "--clients-peers": "gateway=127.0.0.1:1",
        ]
        for index in stride(from: 0, to: arguments.count, by: 2) {
            all[arguments[index]] = arguments[index + 1]
        }
        let program = try RunningProgram.service("vigie", ["front"] + all.flatMap { [$0.key, $0.value] })
        let (output, exit) = try await program.end()
        #expect(exit == .exited(status), "\(output)")
        // Behind the log's lines, which are JSON.
        let said = output.split(separator: "\n").filter { !$0.hasPrefix("{") }.joined(separator: "\n")
        #expect(said.hasPrefix("vigie front: ") && said.contains(text), "\(output)")
        #expect(said.split(separator: "\n").count <= 2)
    }

    @Test("a port that is taken, a missing openssl, and a folder that is in use are one clear line each")
    func taken() async throws {
        try await FrontStage.run { stage in
            let peers = ["--clients-peers", "gateway=127.0.0.1:1"]
            let folder = try FrontStage.openFolder()
            let free = try LoopbackPort.free(2)
            let run = { (arguments: [String], environment: [String: String]) in
                let all = ["front", "--front-http-port", "\(free[0])"] + peers + arguments
                return try await RunningProgram.service("vigie", all, environment: environment).end()
            }
            let other = ["--front-directory", "\(folder.path)/front"]
            let port = try await run(other + ["--front-https-port", "\(stage.httpsPort)"], [:])
            #expect(
                port.exit == .exited(1)
                    && port.output.contains("front.https-port: listen on 127.0.0.1:\(stage.httpsPort)")
            )
            #expect(port.output.contains("another program listens there"))
            let openssl = try await run(other + ["--front-https-port", "\(free[1])"], ["PATH": "/usr/sbin"])
            #expect(
                openssl.exit == .exited(1) && openssl.output.contains("install openssl"),
                "\(openssl.output)"
            )
            let same = [
                "--front-directory", "\(stage.folder.path)/front", "--front-https-port", "\(free[1])",
            ]
            let used = try await run(same, [:])
            #expect(used.exit == .exited(1) && used.output.contains("another front uses"))
        }
    }
}
