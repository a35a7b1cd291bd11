import Foundation
import TestSupport
import Testing

@testable import Front

@Suite("gixy", .enabled(if: Program.isPythonWanted)) struct GixyTests {
    /// `uninitialized_variable_warn off` is meant: an unset zone is the empty text.
    @Test("nginx's configuration is clean", arguments: [true, false])
    func clean(hasGateways: Bool) async throws {
        let folder = try TemporaryFolder()
        let configuration = try NginxConfiguration.sample(in: "\(folder.path)/front") {
            if !hasGateways { $0.gateways = [] }
        }
        let path = "\(folder.path)/nginx.conf"
        try configuration.text().write(toFile: path, atomically: true, encoding: .utf8)
        let verdict = try await Program.ask(Program.script("check.py"), [path], input: [])
        #expect(String(decoding: verdict, as: UTF8.self) == "")
    }

    @Test("gixy finds what is wrong, where something is")
    func dirty() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/nginx.conf"
        try "http { server { location / { return 302 https://$host$uri; } } }".write(
            toFile: path,
            atomically: true,
            encoding: .utf8
        )
        let verdict = try await Program.ask(Program.script("check.py"), [path], input: [])
        #expect(String(decoding: verdict, as: UTF8.self).contains("http_splitting"))
    }
}
