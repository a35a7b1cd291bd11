import Testing

@testable import Configuration

@Suite("help and print-config are made from the declaration") struct OutputTests {
    @Test("print-config shows each value as it would be written, and its source")
    func effective() {
        let text = shown(
            [SampleOptions.self, VaultOptions.self],
            ["--print-config", "--server-idle-timeout", "90s", "--vault-url=a\tb"],
            environment: ["PGPASSWORD": "x", "NO_COLOR": "1"],
            file: ["peers": ["a", "b"], "server": ["body-limit": "1536KiB"], "vault": ["password": "four"]]
        )
        #expect(text?.hasPrefix("1 mistake") == true, "a tab is no text")
        let good = shown(
            [SampleOptions.self, VaultOptions.self],
            ["--print-config", "--server-idle-timeout", "90s", "--vault-url=ab"],
            environment: ["PGPASSWORD": "x", "NO_COLOR": "1"],
            file: ["peers": ["a", "b"], "server": ["body-limit": "1536KiB"], "vault": ["password": "four"]]
        )
        #expect(
            good == """
                config = none  (default)
                help = false  (default)
                print-config = true  (--print-config)
                server.port = 8080  (default)
                server.idle-timeout = 1m30s  (--server-idle-timeout)
                trace.ratio = 1.0  (default)
                trace.enabled = true  (default)
                server.body-limit = 1536KiB  (server.body-limit in app.json)
                zone = local  (default)
                mode = safe  (default)
                peers = a,b  (peers in app.json)
                codes = 200  (default)
                collector = none  (default)
                plain = true  (NO_COLOR)
                export-delay = 1000  (default)
                vault.url = ab  (--vault-url)
                vault.password = ***  (vault.password in app.json)
                vault.peer-password = ***  (PGPASSWORD)
                vault.least = 1  (default)
                vault.most = 10  (default)
                """
        )
    }

    @Test("help shows every setting, whatever else is wrong")
    func help() {
        let text = shown([VaultOptions.self], ["--nonsense", "-h"])
        #expect(
            text == """
                Usage: sample [--flag VALUE]...

                Flags win over the environment, that over the file, that over the defaults.

                Program
                  --config
                      The JSON file to read settings from.
                      Takes a text of 1 to 4096 characters. Default: none.
                      Environment: VIGIE_CONFIG. File: config.
                  --help
                      Prints this text and ends; -h does too.
                      Takes true or false. Default: false.
                      Environment: VIGIE_HELP. File: help.
                  --print-config
                      Prints each value with its source and ends.
                      Takes true or false. Default: false.
                      Environment: VIGIE_PRINT_CONFIG. File: print-config.

                Vault
                  --vault-url
                      Where the vault is.
                      Takes a text of 1 to 4096 characters. Required.
                      Environment: VIGIE_VAULT_URL. File: vault.url.
                  --vault-password-file
                      Opens the vault.
                      Takes a secret of 4 to 65536 bytes. Default: none.
                      Environment: VIGIE_VAULT_PASSWORD, VIGIE_VAULT_PASSWORD_FILE. File: vault.password.
                  --vault-peer-password-file
                      Opens the peer.
                      Takes a secret of 1 to 65536 bytes. Default: none.
                      Environment: PGPASSWORD, PGPASSWORD_FILE. File: vault.peer-password.
                  --vault-least
                      The fewest.
                      Takes a whole number from 0 to 100. Default: 1.
                      Environment: VIGIE_VAULT_LEAST. File: vault.least.
                  --vault-most
                      The most.
                      Takes a whole number from 0 to 100. Default: 10.
                      Environment: VIGIE_VAULT_MOST. File: vault.most.
                """
        )
    }
}
