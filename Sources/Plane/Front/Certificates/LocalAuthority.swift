import FoundationEssentials
import Reactor
import Vigie

/// Makes certificates for this machine: an authority of its own, which clients may be told to trust, and what that signs.
///
/// By openssl(1), on P-256. The authority stays for ten years, the certificate for 90 days; it is made anew 30 days before
/// its end, and for other names.
struct LocalAuthority: Sendable {
    /// Where the files are.
    let folder: String
    /// Host names and numeric addresses.
    let names: [String]
    /// openssl(1).
    let openssl: Tool

    /// What clients are told to trust.
    var authority: String { "\(folder)/ca.pem" }
    private var authorityKey: String { "\(folder)/ca.key" }
    private var certificate: String { "\(folder)/server.pem" }
    private var key: String { "\(folder)/server.key" }
    private var request: String { "\(folder)/server.cnf" }

    /// The certificate's files.
    var files: CertificateFiles { CertificateFiles(certificate: certificate, key: key) }

    private static let days = (authority: 3_650, certificate: 90, left: 30)
    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"]

    /// Makes what is missing, is about to end, or is for other names; does nothing when all is well.
    ///
    /// - Returns: whether something was made.
    /// - Throws: `StartError`.
    @discardableResult func renew() async throws(StartError) -> Bool {
        guard await isCurrent() else {
            if await !lasts(authority, Self.days.left) { try await makeAuthority() }
            try await makeCertificate()
            return true
        }
        return false
    }

    private func isCurrent() async -> Bool {
        guard (try? PlainFile.read(request)) == Array(configuration.utf8),
            await lasts(certificate, Self.days.left),
            await lasts(authority, Self.days.left),
            let verified = try? await openssl.run(["verify", "-CAfile", authority, certificate]),
            verified.isGood,
            let own = try? await openssl.run(["x509", "-in", certificate, "-noout", "-pubkey"]), own.isGood,
            let pair = try? await openssl.run(["pkey", "-in", key, "-pubout"]), pair.isGood
        else { return false }
        return own.lines == pair.lines
    }

    private func lasts(_ file: String, _ days: Int) async -> Bool {
        guard FileManager.default.fileExists(atPath: file) else { return false }
        let outcome = try? await openssl.run(["x509", "-in", file, "-noout", "-checkend", "\(days * 86_400)"])
        return outcome?.isGood == true
    }

    private func makeAuthority() async throws(StartError) {
        let settings = "\(folder)/ca.cnf"
        try write(
            """
            [req]
            prompt = no
            distinguished_name = name
            x509_extensions = authority
            [name]
            CN = Vigie local authority
            [authority]
            basicConstraints = critical, CA:TRUE, pathlen:0
            keyUsage = critical, keyCertSign, cRLSign
            subjectKeyIdentifier = hash

            """,
            to: settings
        )
        let (newKey, newFile) = ("\(authorityKey).new", "\(authority).new")
        try await succeed(
            [
                "req", "-x509", "-config", settings, "-days", "\(Self.days.authority)", "-keyout", newKey,
                "-out", newFile,
            ]
                + Self.newKey
        )
        try place([(newKey, authorityKey), (newFile, authority)])
    }

    private func makeCertificate() async throws(StartError) {
        let (newKey, newFile, signing) = ("\(key).new", "\(certificate).new", "\(folder)/server.csr")
        // Written last: what it says has been done.
        let settings = "\(request).new"
        try write(configuration, to: settings)
        try await succeed(
            ["req", "-new", "-config", settings, "-keyout", newKey, "-out", signing] + Self.newKey
        )
        let serial = String(UInt64.random(in: 1 << 56...UInt64.max >> 1), radix: 16)
        try await succeed([
            "x509", "-req", "-in", signing, "-CA", authority, "-CAkey", authorityKey, "-set_serial",
            "0x\(serial)",
            "-days", "\(Self.days.certificate)", "-sha256", "-extfile", settings, "-extensions", "server",
            "-out", newFile,
        ])
        try place([(newKey, key), (newFile, certificate), (settings, request)])
    }

    /// The certificate in openssl's words.
    private var configuration: String {
        let entries = names.map { name in
            "\(SocketAddress(numericHost: name, port: 0) == nil ? "DNS" : "IP"):\(name)"
        }
        return """
            [req]
            prompt = no
            distinguished_name = name
            req_extensions = server
            [name]
            CN = \(names.first { $0.utf8.count <= 64 } ?? "localhost")
            [server]
            basicConstraints = critical, CA:FALSE
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectAltName = \(entries.joined(separator: ","))

            """
    }

    private func write(_ text: String, to path: String) throws(StartError) {
        do throws(SystemError) { try PlainFile.write(path, Array(text.utf8)) } catch {
            throw StartError("\(error)")
        }
    }

    private func place(_ files: [(String, String)]) throws(StartError) {
        do throws(SystemError) {
            for (new, old) in files { try PlainFile.move(new, to: old) }
        } catch { throw StartError("\(error)") }
    }

    private func succeed(_ arguments: [String]) async throws(StartError) {
        let outcome: Tool.Outcome
        do throws(SystemError) { outcome = try await openssl.run(arguments) } catch {
            throw StartError(
                "no certificate can be made, \(error.reason) (\(openssl.program)): install openssl, or name front.certificate and front.key"
            )
        }
        guard !outcome.isGood else { return }
        throw StartError("openssl makes no certificate: \(outcome.lines.suffix(3).joined(separator: "; "))")
    }
}
