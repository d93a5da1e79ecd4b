#include "store/postgres/address.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {
namespace {

using keywords = std::map<std::string, std::string>;

constexpr std::pair<const char*, const char*> defaults[] = {
    {"application_name", "ferry"},
    {"connect_timeout", "2"},  // seconds, for each address of the host; nothing can cut
                               // it short
    {"keepalives_idle", "15"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "10000"},  // milliseconds
};

// Parameters that other programs put into such an address. What stands there is never repeated otherwise: with a `/` in
// the password, a piece of it may look like a parameter.
constexpr std::string_view of_a_schema[] = {"schema", "currentSchema", "search_path"};
constexpr std::string_view of_others[] = {"connection_limit", "connection_timeout",
                                          "pool_timeout",     "pgbouncer",
                                          "sslaccept",        "ssl",
                                          "socket_timeout",   "statement_cache_size",
                                          "pool_size",        "max_connections",
                                          "charset",          "encoding",
                                          "serverVersion",    "useUnicode"};

// `problem`: invalid URI query parameter: "schema"
[[noreturn]] void refuse_parameter(std::string_view problem) {
    const std::size_t from = problem.find('"') + 1;
    const std::string name(problem.substr(from, problem.find('"', from) - from));
    if (std::find(std::begin(of_a_schema), std::end(of_a_schema), name) != std::end(of_a_schema))
        throw store_error("has the parameter `" + name +
                          "`, which PostgreSQL does not know: for another schema than public write "
                          "?options=-csearch_path%3DSCHEMA, else leave it out");
    if (std::find(std::begin(of_others), std::end(of_others), name) != std::end(of_others))
        throw store_error("has the parameter `" + name +
                          "`, which is another program's and not PostgreSQL's: leave it out");
    throw store_error(
        "has a parameter behind its `?` that PostgreSQL does not know: leave it out (they are listed in its manual, "
        "under libpq, Parameter Key Words); a `/` or `?` of a password is written %2F or %3F");
}

void refuse_control_characters(const std::string& url) {
    const auto found = std::find_if(url.begin(), url.end(), is_control);
    if (found == url.end()) return;
    if (std::all_of(found, url.end(), is_control))
        throw store_error(
            "ends in a line feed or another control character: take it away (a file that is read into an environment "
            "often ends in one)");
    throw store_error("holds a control character: take it away; in a password it is written %XX");
}

keywords parse(const std::string& url) {
    refuse_control_characters(url);
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &problem),
                                                                               &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> freed(problem, &PQfreemem);
    if (!options && problem != nullptr) {
        const std::string_view text(problem);
        if (text.starts_with("invalid URI query parameter")) refuse_parameter(text);
    }
    if (!options) {
        throw store_error(
            "is no address of a PostgreSQL database; write postgres://USER@HOST:PORT/DATABASE, and special "
            "characters of a password as %XX");
    }
    keywords found;
    for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
        if (one->val != nullptr && *one->val != '\0') found[one->keyword] = one->val;
    }
    return found;
}

// libpq takes several ports with commas, and says what is wrong with one only when it connects.
void check_ports(std::string_view ports) {
    while (!ports.empty()) {
        const auto end = std::min(ports.find(','), ports.size());
        if (end > 0 && parse_number<std::uint16_t>(ports.substr(0, end)).value_or(0) == 0)
            throw store_error("has a port that is not a number from 1 to 65535");
        ports.remove_prefix(std::min(end + 1, ports.size()));
    }
}

std::string quoted(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

std::string describe(const keywords& all) {
    const auto part = [&all](const char* before, const char* keyword, const char* after) -> std::string {
        const auto found = all.find(keyword);
        return found == all.end() ? std::string() : before + found->second + after;
    };
    return "postgres://" + part("", "user", "@") + part("", "host", "") + part(":", "port", "") + "/" +
           part("", "dbname", "");
}

}  // namespace

bool is_postgres_url(std::string_view url) {
    return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

address address_of(const std::string& url) {
    keywords all = parse(url);
    check_ports(all["port"]);
    if (all["port"].empty()) all.erase("port");
    address made;
    made.description = describe(all);
    made.limits_statements = all["options"].find("statement_timeout") != std::string::npos;
    if (all["options"].empty()) all.erase("options");
    for (const auto& [keyword, value] : defaults) all.try_emplace(keyword, value);
    all["client_encoding"] = "UTF8";
    for (const auto& [keyword, value] : all) made.connection += keyword + "=" + quoted(value) + " ";
    return made;
}

}  // namespace ferry::store::postgres
