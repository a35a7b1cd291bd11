import Testing

@testable import Gateway

@Test func theGatewayIsFoundUnderItsName() { #expect(GatewayName.service == "gateway") }
