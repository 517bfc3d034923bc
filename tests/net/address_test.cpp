#include "net/address.hpp"

#include "support/catch2.hpp"

namespace address_test {
namespace {

using acr::net::Address;
using acr::net::AddressKind;
using acr::net::AddressPolicy;
using acr::net::kind_of;
using acr::net::refusal;
using acr::net::refusal_behind_proxy;

Address address(std::string_view text) {
  auto const parsed = Address::parse(text);
  INFO(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

TEST_CASE("addresses are parsed strictly and printed in one form", "[net]") {
  CHECK(address("192.0.2.7").text() == "192.0.2.7");
  CHECK(address("2001:0DB8:0:0:1:0:0:1").text() == "2001:db8::1:0:0:1");
  auto const odd = one_of<std::string_view>({"", "1.2.3", "01.2.3.4", "1.2.3.4 ", "1.2.3.256", "0x7f.0.0.1", "::1%lo", "[::1]",
                                             ":::", "1::2::3", std::string_view("1.2.3.4\0", 8)});
  CAPTURE(odd);
  CHECK_FALSE(Address::parse(odd).has_value());
}

TEST_CASE("only globally routable addresses count as such (D-33, RFC 6890)", "[net]") {
  using enum AddressKind;
  struct Row {
    char const* text;
    AddressKind kind;
  };
  auto const row = one_of<Row>({
      {"8.8.8.8", global},
      {"140.82.112.5", global},
      {"9.255.255.255", global},
      {"11.0.0.0", global},
      {"100.63.255.255", global},
      {"100.128.0.0", global},
      {"172.15.255.255", global},
      {"172.32.0.0", global},
      {"192.167.255.255", global},
      {"192.169.0.0", global},
      {"168.63.129.15", global},
      {"168.63.129.17", global},
      {"198.17.255.255", global},
      {"198.20.0.0", global},
      {"223.255.255.255", global},
      {"10.0.0.0", private_use},
      {"10.255.255.255", private_use},
      {"100.64.0.0", private_use},
      {"100.127.255.255", private_use},
      {"172.16.0.1", private_use},
      {"172.31.255.255", private_use},
      {"192.168.255.255", private_use},
      {"0.0.0.0", never},
      {"0.1.2.3", never},
      {"100.100.100.200", never},
      {"127.0.0.1", never},
      {"127.255.255.255", never},
      {"168.63.129.16", never},
      {"169.254.169.254", never},
      {"169.254.0.0", never},
      {"192.0.0.1", never},
      {"192.0.2.1", never},
      {"198.18.0.1", never},
      {"198.19.255.255", never},
      {"198.51.100.1", never},
      {"203.0.113.1", never},
      {"224.0.0.1", never},
      {"239.255.255.255", never},
      {"240.0.0.1", never},
      {"255.255.255.255", never},
      {"2606:50c0:8000::153", global},
      {"2000::1", global},
      {"3ffe::1", global},
      {"2001:200::1", global},
      {"fc00::1", private_use},
      {"fdff::1", private_use},
      {"fd00:ec2::254", never},
      {"fd20:ce::254", never},
      {"fd00:42::1", never},
      {"::", never},
      {"::1", never},
      {"::8.8.8.8", never},
      {"100::1", never},
      {"1fff::1", never},
      {"4000::1", never},
      {"2001::1", never},
      {"2001:1ff::1", never},
      {"2001:db8::1", never},
      {"3fff:fff::1", never},
      {"fe80::1", never},
      {"fec0::1", never},
      {"ff02::1", never},
      {"64:ff9b:1::808:808", never},
      {"::ffff:8.8.8.8", global},
      {"::ffff:10.0.0.1", private_use},
      {"::ffff:169.254.169.254", never},
      {"::ffff:127.0.0.1", never},
      {"64:ff9b::808:808", global},
      {"64:ff9b::a00:1", private_use},
      {"64:ff9b::a9fe:a9fe", never},
      {"2002:808:808::1", global},
      {"2002:a00:1::1", private_use},
      {"2002:7f00:1::1", never},
  });
  CAPTURE(row.text);
  CHECK(kind_of(address(row.text)) == row.kind);
}

TEST_CASE("a listed name may be private, but never loopback or link-local (D-33)", "[net]") {
  AddressPolicy const policy{.public_only = true, .private_names = {"charts.corp.example"}};
  CHECK_FALSE(refusal(policy, "charts.example.org", address("8.8.8.8")));
  CHECK_FALSE(refusal(policy, "charts.corp.example", address("10.1.2.3")));
  CHECK_FALSE(refusal(policy, "charts.corp.example", address("fc00::1")));
  CHECK(refusal(policy, "other.corp.example", address("10.1.2.3")) == "10.1.2.3 is a private address");
  CHECK(refusal(policy, "x.charts.corp.example", address("10.1.2.3")));
  CHECK(refusal(policy, "charts.corp.example", address("127.0.0.1")) == "127.0.0.1 is a loopback address");
  CHECK(refusal(policy, "charts.corp.example", address("169.254.169.254")) == "169.254.169.254 is not a public address");
  CHECK(refusal(policy, "charts.corp.example", address("fd00:ec2::254")));
}

TEST_CASE("where loopback may be asked, only its literals pass, not a name that leads there (D-32)", "[net]") {
  AddressPolicy const policy{.public_only = true, .loopback_literals = true};
  CHECK_FALSE(refusal(policy, "127.0.0.1", address("127.0.0.1")));
  CHECK_FALSE(refusal(policy, "localhost", address("127.0.0.1")));
  CHECK_FALSE(refusal(policy, "::1", address("::1")));
  CHECK(refusal(policy, "charts.example.org", address("127.0.0.1")));
  CHECK(refusal(policy, "169.254.169.254", address("169.254.169.254")));
}

TEST_CASE("the default policy asks nothing: an Enterprise Server may be private", "[net]") {
  CHECK_FALSE(refusal(AddressPolicy{}, "ghe.corp.example", address("10.0.0.1")));
  CHECK_FALSE(refusal_behind_proxy(AddressPolicy{}, "ghe.internal"));
}

TEST_CASE("behind a proxy literals and local names are checked (D-33)", "[net]") {
  struct Row {
    char const* host;
    bool refused;
  };
  auto const row = one_of<Row>({
      {"charts.example.org", false},
      {"8.8.8.8", false},
      {"10.0.0.1", true},
      {"169.254.169.254", true},
      {"::ffff:10.0.0.1", true},
      {"registry", true},
      {"localhost", true},
      {"x.localhost", true},
      {"printer.local", true},
      {"metadata.google.internal", true},
      {"charts.corp.internal", false},  // listed
      {"listed.localhost", true},       // loopback never
      {"local.example.org", false},
      {"mylocal.example", false},
  });
  CAPTURE(row.host);
  AddressPolicy const policy{.public_only = true, .private_names = {"charts.corp.internal", "listed.localhost"}};
  CHECK(refusal_behind_proxy(policy, row.host).has_value() == row.refused);
}

}  // namespace
}  // namespace address_test
