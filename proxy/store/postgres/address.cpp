#include "store/postgres/address.hpp"

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <utility>

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

keywords parse(const std::string& url) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &problem),
                                                                               &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> freed(problem, &PQfreemem);
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
