import FoundationEssentials
import HTTP
import JSON
import Testing

@Suite("conformance 57-65: keys") struct KVTests {
    @Test("57: bytes, flags and the empty value come back") func roundTrip() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let bytes = (0...255).map { UInt8($0) }
            let flags = "18446744073709551615"
            #expect(try await registry.send(.put, "/v1/kv/a/b?flags=\(flags)", body: bytes).text == "true")
            let pair = try #require(try await registry.get("/v1/kv/a/b").list.first)
            #expect(pair["Value"]?.string == Data(bytes).base64EncodedString())
            #expect(pair["Flags"]?.number?.description == flags)
            #expect(pair.keys == ["CreateIndex", "Flags", "Key", "LockIndex", "ModifyIndex", "Value"])
            try await registry.put("/v1/kv/empty")
            #expect(try await registry.get("/v1/kv/empty").list.first?["Value"] == .null)
        }
    }

    @Test("58: a missing key is 404 with an index, and is waited for") func missing() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let before = try await registry.get("/v1/kv/a")
            #expect(before.status == 404 && before.bytes.isEmpty && before.index >= 1)
            async let blocked = registry.get("/v1/kv/a?index=\(before.index)&wait=60s")
            try await registry.untilWaiting(1)
            try await registry.put("/v1/kv/other", "x")
            try await registry.untilWaiting(1)
            try await registry.put("/v1/kv/a", "x")
            let after = try await blocked
            #expect(after.status == 200 && after.index > before.index)
            async let gone = registry.get("/v1/kv/a?index=\(after.index)&wait=60s")
            try await registry.untilWaiting(1)
            _ = try await registry.delete("/v1/kv/a")
            #expect(try await gone.status == 404)
            #expect(try await gone.index > after.index)
        }
    }

    @Test("59: prefixes and separators") func prefixes() async throws {
        try await RegistryFixture.run { (registry) async throws in
            for key in ["foo1", "foo/", "fo", "base/foo", "base/base/foo", "foo"] {
                try await registry.put("/v1/kv/\(key)", "x")
            }
            let pairs = try await registry.get("/v1/kv/foo?recurse").list
            #expect(pairs.map { $0["Key"]?.string } == ["foo", "foo/", "foo1"])
            #expect(
                try await registry.get("/v1/kv/base/?keys&separator=/").json.texts == [
                    "base/base/", "base/foo",
                ]
            )
            #expect(
                try await registry.get("/v1/kv/?keys&separator=/").json.texts == [
                    "base/", "fo", "foo", "foo/", "foo1",
                ]
            )
            #expect(try await registry.get("/v1/kv/?recurse=None").list.count == 6)
            #expect(try await registry.get("/v1/kv/none?recurse").status == 404)
            #expect(try await registry.get("/v1/kv/none?keys").status == 404)
            _ = try await registry.delete("/v1/kv/?recurse")
            let empty = try await registry.get("/v1/kv/?keys")
            #expect(empty.status == 200 && empty.text == "[]")
        }
    }

    @Test("60: raw") func raw() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.put("/v1/kv/a", "<script>")
            let answer = try await registry.get("/v1/kv/a?raw")
            #expect(answer.text == "<script>")
            #expect(answer.fields["content-type"] == "text/plain")
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["content-security-policy"] == "sandbox")
        }
    }

    @Test("61: check-and-set") func cas() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.put("/v1/kv/a?cas=0", "1").text == "true")
            #expect(try await registry.put("/v1/kv/a?cas=0", "2").text == "false")
            let index = try await registry.get("/v1/kv/a").index
            #expect(try await registry.put("/v1/kv/a?cas=\(index)", "3").text == "true")
            #expect(try await registry.put("/v1/kv/a?cas=\(index)", "4").text == "false")
            #expect(try await registry.get("/v1/kv/a?raw").text == "3")
            for flags in ["cas=0&acquire=x", "cas=0&release=x", "acquire=x&release=x"] {
                let answer = try await registry.put("/v1/kv/a?\(flags)", "5")
                #expect(answer.status == 400 && answer.text.hasPrefix("Conflicting flags"))
            }
            #expect(try await registry.put("/v1/kv/a?cas=x").status == 500)
            #expect(try await registry.put("/v1/kv/a?flags=-1").status == 500)
            #expect(try await registry.put("/v1/kv/").status == 400)
        }
    }

    @Test("62: deleting") func delete() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.put("/v1/kv/p/a", "1")
            try await registry.put("/v1/kv/p/b", "1")
            #expect(try await registry.delete("/v1/kv/p/a?cas=1").text == "false")
            #expect(try await registry.delete("/v1/kv/p/a?cas=0").text == "false")
            #expect(try await registry.delete("/v1/kv/none?cas=1").text == "true")
            #expect(try await registry.delete("/v1/kv/none").text == "true")
            #expect(try await registry.delete("/v1/kv/p/?recurse&cas=1").status == 400)
            let index = try await registry.get("/v1/kv/p/?recurse").index
            async let blocked = registry.get("/v1/kv/p/?recurse&index=\(index)&wait=60s")
            try await registry.untilWaiting(1)
            #expect(try await registry.delete("/v1/kv/p/?recurse").text == "true")
            #expect(try await blocked.status == 404)
            #expect(try await blocked.index > index)
            #expect(try await registry.get("/v1/kv/?keys").json.texts == [])
        }
    }

    @Test("63: the largest value, and one byte more", arguments: [(524_288, 200), (524_289, 413)])
    func size(count: Int, status: Int) async throws {
        try await RegistryFixture.run { (registry) async throws in
            let answer = try await registry.send(.put, "/v1/kv/a", body: [UInt8](repeating: 7, count: count))
            #expect(answer.status == status)
            #expect(
                answer.text.hasPrefix(
                    status == 200 ? "true" : "Request body(524289 bytes) too large, max size: 524288 bytes."
                )
            )
        }
    }

    @Test("keys that are paths, and odd ones that are none") func oddKeys() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.put("/v1/kv/a%2F..%2Fb", "x").status == 400)
            #expect(try await registry.put("/v1/kv/%20a", "x").status == 400)
            for key in ["a%20b", "%C3%A9", "100%25", "a:b", "a%2Fb"] {
                #expect(try await registry.put("/v1/kv/\(key)", key).text == "true")
                #expect(try await registry.get("/v1/kv/\(key)?raw").text == key)
            }
            // Canonically equivalent, and yet another key.
            #expect(try await registry.get("/v1/kv/e%CC%81").status == 404)
        }
    }
}
