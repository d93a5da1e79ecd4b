#include "upstream/proxy_choice.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::upstream;

namespace {

// The name of the proxy that is used for `url`, "" for none.
std::string used(const options& settings, const std::string& url) {
    const auto chosen = proxy_choice(settings).of(catalog::parse_endpoint(url).value());
    return chosen ? chosen->name : "";
}

options from_environment(std::string no_proxy = {}) {
    options settings;
    settings.environment = {"http://secure:1", "http://plain:2", std::move(no_proxy)};
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_choice_suite)

BOOST_AUTO_TEST_CASE(the_environment_has_a_proxy_for_each_scheme) {
    BOOST_TEST(used(from_environment(), "https://h/v1") == "secure:1");
    BOOST_TEST(used(from_environment(), "http://h/v1") == "plain:2");
    BOOST_TEST(used(options(), "https://h/v1") == "");
}

BOOST_AUTO_TEST_CASE(the_configuration_goes_before_the_environment_and_a_row_before_both) {
    auto settings = from_environment("*");
    settings.proxy = "http://configured:3";
    BOOST_TEST(used(settings, "https://h/v1") == "configured:3");
    BOOST_TEST(used(settings, "http://h/v1") == "configured:3");
    auto row = catalog::parse_endpoint("https://h/v1").value();
    catalog::reach_through(row, nullptr);
    BOOST_TEST(!proxy_choice(settings).of(row));
    const auto own = catalog::parse_forward_proxy("http://own:4").value();
    catalog::reach_through(row, std::make_shared<const catalog::forward_proxy>(own));
    BOOST_TEST(proxy_choice(settings).of(row)->name == "own:4");
    settings.proxy = "direct";
    BOOST_TEST(used(settings, "https://h/v1") == "");
    BOOST_TEST(proxy_choice(settings).of(row)->name == "own:4");
}

BOOST_AUTO_TEST_CASE(this_machine_is_reached_through_a_proxy_only_if_its_row_says_so) {
    auto settings = from_environment();
    for (const auto* proxy : {"", "http://configured:3"}) {
        settings.proxy = proxy;
        for (const auto* url :
             {"http://localhost:11434/v1", "http://127.0.0.1/v1", "http://127.9.9.9/v1", "http://[::1]/v1",
              "https://LOCALHOST/v1", "https://a.localhost/v1", "https://localhost./v1"}) {
            BOOST_TEST_CONTEXT(url) BOOST_TEST(used(settings, url) == "");
        }
        BOOST_TEST(used(settings, "http://192.168.1.5/v1") != "");
        BOOST_TEST(used(settings, "http://notlocalhost/v1") != "");
    }
    auto row = catalog::parse_endpoint("http://127.0.0.1:11434/v1").value();
    const auto own = catalog::parse_forward_proxy("http://own:4").value();
    catalog::reach_through(row, std::make_shared<const catalog::forward_proxy>(own));
    BOOST_TEST(proxy_choice(settings).of(row)->name == "own:4");
}

BOOST_AUTO_TEST_CASE(no_proxy_exempts_names_addresses_and_networks) {
    const struct {
        const char *list, *exempt, *other;
    } cases[] = {
        {"example.com", "https://example.com/v1", "https://notexample.com/v1"},
        {"example.com", "https://api.EXAMPLE.com/v1", "https://example.com.evil.test/v1"},
        {".example.com", "https://api.example.com/v1", "https://example.org/v1"},
        {"*.example.com", "https://api.example.com./v1", "https://example.org/v1"},
        {"Example.com:8443", "https://example.com:8443/v1", "https://example.com/v1"},
        {"a.test, b.test", "https://b.test/v1", "https://c.test/v1"},
        {"a.test b.test", "https://a.test/v1", "https://c.test/v1"},
        {",,a.test,", "https://a.test/v1", "https://c.test/v1"},
        {"192.0.2.7", "https://192.0.2.7/v1", "https://192.0.2.8/v1"},
        {"192.0.2.7:443", "https://192.0.2.7/v1", "http://192.0.2.7/v1"},
        {"10.0.0.0/8", "http://10.1.2.3/v1", "http://11.1.2.3/v1"},
        {"2001:db8::/32", "https://[2001:db8::1]/v1", "https://[2001:db9::1]/v1"},
        {"[2001:db8::1]:443", "https://[2001:db8::1]/v1", "https://[2001:db8::1]:444/v1"},
        {"2001:db8::1", "https://[2001:db8::1]/v1", "https://[2001:db8::2]/v1"},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.list) {
            BOOST_TEST(used(from_environment(one.list), one.exempt) == "");
            BOOST_TEST(used(from_environment(one.list), one.other) != "");
        }
    }
    BOOST_TEST(used(from_environment("*"), "https://anything/v1") == "");
}

BOOST_AUTO_TEST_CASE(what_is_used_is_told_without_its_login) {
    options settings;
    BOOST_TEST(proxy_choice(settings).described() == "");
    settings.proxy = "http://user:canary@configured:3";
    BOOST_TEST(proxy_choice(settings).described() == "the proxy configured:3 (upstream.proxy)");
    BOOST_TEST(proxy_choice(from_environment()).described() ==
               "the proxy secure:1 (HTTPS_PROXY), http endpoints the proxy plain:2 (HTTP_PROXY)");
    settings.proxy = "direct";
    BOOST_TEST(proxy_choice(settings).described() == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_proxy_is_a_problem) {
    for (const auto* good : {"", "direct", "http://u:p@h:1", "h:1"}) BOOST_TEST(proxy_problem(good) == "");
    for (const auto* wrong : {"socks5://h:1", "http://h:99999", "http://"}) BOOST_TEST(proxy_problem(wrong) != "");
}

BOOST_AUTO_TEST_SUITE_END()
