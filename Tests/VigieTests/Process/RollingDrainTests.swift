import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing

@Suite(
    "draining behind nginx",
    .enabled(if: Program.isWanted("nginx")),
    .timeLimit(.minutes(2))
)
struct RollingDrainTests {
    @Test("instances that are replaced one after the other fail no request", arguments: ["GET", "POST"])
    func rolling(method: String) async throws {
        let ports = try LoopbackPort.free(2)
        var instances: [RunningProgram] = []
        for port in ports { instances.append(try await Self.start(port)) }
        let servers = ports.map { "server 127.0.0.1:\($0) max_fails=0;" }.joined(separator: " ")
        let folder = try TemporaryFolder()
        try await NginxProcess.run(in: folder) { listen in
            """
            upstream drill { \(servers) keepalive 16; }
            server {
                listen 127.0.0.1:\(listen[0]);
                location / {
                    proxy_pass http://drill;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_next_upstream error timeout;
                }
            }
            """
        } _: { listen in
            let load = Load(method: method, port: listen[0])
            let counts = try await withThrowingTaskGroup(of: [Int: Int].self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask(executorPreference: try TestLoops.two.next()) { try await load.run() }
                }
                for number in [0, 1, 0, 1] {
                    try await load.waitForMore(200)
                    instances[number].process.signal(SIGTERM)
                    #expect(try await instances[number].end().exit == .exited(0))
                    try await load.waitForMore(200)
                    instances[number] = try await Self.start(ports[number])
                }
                try await load.waitForMore(200)
                load.stop()
                return try await tasks.reduce(into: [:]) { sum, part in sum.merge(part, uniquingKeysWith: +) }
            }
            #expect(Array(counts.keys) == [method == "GET" ? 200 : 204], "\(counts)")
        }
    }

    private static func start(_ port: UInt16) async throws -> RunningProgram {
        let service = try RunningProgram.service(
            "DrillService",
            environment: ["VIGIE_SERVER_PORT": "\(port)"]
        )
        _ = try await service.serving()
        return service
    }
}
