import Foundation
import Secrets
import TestSupport
import Testing

@testable import Configuration

@Suite("secrets are never printed") struct SecretTests {
    private static let word = "hunter2hunter2"

    @Test("whatever prints a secret gets ***")
    func type() {
        let secret = Secret(Self.word)
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret], to: &dumped)
        let texts = ["\(secret)", String(describing: [secret]), String(reflecting: secret), dumped]
        for text in texts + [String(describing: Optional(secret)), secret.debugDescription] {
            #expect(!text.contains(Self.word), "\(text)")
            #expect(text.contains("***"))
        }
        #expect(secret.reveal() == Self.word)
    }

    @Test("it comes by environment, by the file, by a file of its own, or by its owner's variable")
    func sources() throws {
        let base = ["VIGIE_VAULT_URL": "x"]
        func vault(
            _ arguments: [String] = [],
            _ environment: [String: String] = [:],
            _ file: ConfigurationTree? = nil
        ) throws -> VaultOptions {
            try load(
                VaultOptions.self,
                arguments,
                environment: base.merging(environment) { $1 },
                file: file,
                files: ["/run/a": "from-file\n", "/run/b": "two\n\n"]
            )
        }
        #expect(try vault().password == nil)
        #expect(try vault([], ["VIGIE_VAULT_PASSWORD": "four"]).password?.reveal() == "four")
        #expect(try vault([], ["VIGIE_VAULT_PASSWORD_FILE": "/run/a"]).password?.reveal() == "from-file")
        #expect(try vault(["--vault-password-file", "/run/b"]).password?.reveal() == "two\n")
        #expect(try vault([], [:], ["vault": ["password": "four"]]).password?.reveal() == "four")
        #expect(try vault([], [:], ["vault": ["password-file": "/run/a"]]).password?.reveal() == "from-file")
        #expect(try vault([], ["PGPASSWORD": "peer"]).peerPassword?.reveal() == "peer")
        #expect(try vault([], ["PGPASSWORD_FILE": "/run/a"]).peerPassword?.reveal() == "from-file")
        let both = try vault(["--vault-password-file=/run/a"], ["VIGIE_VAULT_PASSWORD": "four"])
        #expect(both.password?.reveal() == "from-file", "the flag is stronger")
    }

    static let refused: [([String], [String: String], ConfigurationTree?, String)] = [
        (
            ["--vault-password", word], [:], nil,
            "--vault-password = ***: other users can see flags: use VIGIE_VAULT_PASSWORD or --vault-password-file"
        ),
        (
            ["--vault-password=" + word], [:], nil,
            "--vault-password = ***: other users can see flags: use VIGIE_VAULT_PASSWORD or --vault-password-file"
        ),
        (
            ["--vault-pasword", word], [:], nil,
            "--vault-pasword: no such flag; did you mean --vault-password?"
        ),
        (
            ["--vault-pasword=" + word], [:], nil,
            "--vault-pasword: no such flag; did you mean --vault-password?"
        ),
        ([word], [:], nil, "argument 1: is not a flag; flags begin with --"),
        (
            [], ["VIGIE_VAULT_PASWORD": word], nil,
            "VIGIE_VAULT_PASWORD: no such variable; did you mean VIGIE_VAULT_PASSWORD?"
        ),
        (
            [], [:], ["vault": ["pasword": .text(word)]],
            "vault.pasword in app.json: no such key; did you mean vault.password?"
        ),
        (
            [], [:], ["vault": ["password": [.text(word)]]],
            "vault.password in app.json = ***: must be a secret of 4 to 65536 bytes"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD": "abc"], nil,
            "VIGIE_VAULT_PASSWORD = ***: must be a secret of 4 to 65536 bytes"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD": ""], nil,
            "VIGIE_VAULT_PASSWORD = ***: must be a secret of 4 to 65536 bytes"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD": word, "VIGIE_VAULT_PASSWORD_FILE": "/run/a"], nil,
            "VIGIE_VAULT_PASSWORD and VIGIE_VAULT_PASSWORD_FILE: set one of the two, not both"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD_FILE": "/run/none"], nil,
            "VIGIE_VAULT_PASSWORD_FILE = /run/none: the file can't be read as text; does it exist, and may this user read it?"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD_FILE": "/run/short"], nil,
            "VIGIE_VAULT_PASSWORD_FILE = ***: must be a secret of 4 to 65536 bytes"
        ),
        (
            [], ["VIGIE_VAULT_PASSWORD_FILE": "/run/huge"], nil,
            "VIGIE_VAULT_PASSWORD_FILE = ***: must be a secret of 4 to 65536 bytes"
        ),
    ]

    @Test("mistakes with them name the rule and no value", arguments: refused)
    func mistakes(
        arguments: [String],
        environment: [String: String],
        file: ConfigurationTree?,
        message: String
    ) {
        let text = shown(
            [VaultOptions.self],
            arguments + ["--vault-url=x"],
            environment: environment,
            file: file,
            files: [
                "/run/a": Self.word, "/run/short": "abc\n",
                "/run/huge": String(repeating: "x", count: 65_537),
            ]
        )
        #expect(text == "1 mistake in the configuration:\n  \(message)")
        #expect(text?.contains(Self.word) == false)
    }

    @Test("print-config and help mask them, and a password in a URL that should not hold one")
    func outputs() {
        let environment = [
            "VIGIE_VAULT_URL": "tcp://user:\(Self.word)@host/x", "VIGIE_VAULT_PASSWORD": Self.word,
            "PGPASSWORD_FILE": "/run/a",
        ]
        for flag in ["--print-config", "--help", "-h"] {
            let text = shown(
                [VaultOptions.self],
                [flag],
                environment: environment,
                files: ["/run/a": Self.word]
            )
            #expect(text != nil)
            #expect(text?.contains(Self.word) == false, "\(flag): \(text ?? "")")
        }
        let refused = shown(
            [SampleOptions.self],
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://u:\(Self.word)@h/"]
        )
        #expect(refused?.contains("OTEL_EXPORTER_OTLP_ENDPOINT = http://***@h/: must be") == true)
    }

    static let masked: [(String, String)] = [
        ("", ""), ("a@b", "a@b"), ("http://h/x", "http://h/x"), ("http://u:p@h", "http://***@h"),
        ("http://u:p@w@h", "http://***@h"), ("http://u:p/w@h", "http://***@h"),
        ("a:b://c:d@e", "a:b://***@e"),
        ("x,http://u@h", "x,http://***@h"), ("::@", "::@"),
    ]

    @Test("what stands before the @ of a URL is hidden", arguments: masked)
    func masks(text: String, shown: String) {
        #expect(Excerpt.masked(text) == shown)
    }

    @Test("a secret's file is read from disk")
    func readsDisk() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "secret").path
        try Data("on-disk\n".utf8).write(to: URL(fileURLWithPath: path))
        let sources = ConfigurationSources(
            arguments: ["--vault-url=x"],
            environment: ["VIGIE_VAULT_PASSWORD_FILE": path]
        )
        let outcome = try ConfigurationSchema(program: "s", parts: [VaultOptions.self]).load(from: sources)
        guard case .run(let loaded) = outcome else { return #expect(Bool(false)) }
        #expect(loaded[VaultOptions.self].password?.reveal() == "on-disk")
        #expect(throws: (any Error).self) { try ConfigurationSources.readText(folder.path) }
    }
}
