import Foundation

/// An authority of the tests' own and what it vouches for, made anew for each user by openssl(1).
package final class Certificates: Sendable {
    private let folder: TemporaryFolder
    /// The authority, which no system trusts.
    package let authority: String
    /// For `localhost` and 127.0.0.1.
    package let good: Pair
    /// The same names, past its last day.
    package let expired: Pair
    /// For another name.
    package let wrongHost: Pair
    /// By nobody but itself.
    package let selfSigned: Pair

    /// A certificate and its key, in PEM files.
    package struct Pair: Sendable {
        package let file: String
        package let key: String
    }

    package init() async throws {
        folder = try TemporaryFolder()
        let path = folder.path
        authority = "\(path)/ca.pem"
        let pair = { (name: String) in Pair(file: "\(path)/\(name).pem", key: "\(path)/\(name).key") }
        (good, expired, wrongHost, selfSigned) = (pair("good"), pair("old"), pair("other"), pair("self"))
        let own = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        try await Self.makeRoot(
            Pair(file: authority, key: "\(path)/ca.key"),
            "basicConstraints=critical,CA:TRUE"
        )
        try await Self.makeRoot(selfSigned, own)
        try await make(good, own, days: 2)
        try await make(expired, own, days: -1)
        try await make(wrongHost, "subjectAltName=DNS:elsewhere.example", days: 2)
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private static func makeRoot(_ pair: Pair, _ more: String) async throws {
        let names = ["-keyout", pair.key, "-out", pair.file, "-subj", "/CN=Vigie test", "-addext", more]
        try await Program.succeed("openssl", ["req", "-x509", "-days", "2"] + newKey + names)
    }

    private func make(_ pair: Pair, _ names: String, days: Int) async throws {
        let request = pair.file + ".csr"
        let extensions = pair.file + ".ext"
        try names.write(toFile: extensions, atomically: true, encoding: .utf8)
        try await Program.succeed(
            "openssl",
            ["req", "-keyout", pair.key, "-out", request, "-subj", "/CN=test"] + Self.newKey
        )
        let signing = [
            "-CA", authority, "-CAkey", "\(folder.path)/ca.key", "-days", "\(days)", "-extfile", extensions,
        ]
        try await Program.succeed("openssl", ["x509", "-req", "-in", request, "-out", pair.file] + signing)
    }
}
