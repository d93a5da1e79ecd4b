#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "app/config/address.hpp"
#include "app/config/keys.hpp"
#include "app/config/settings.hpp"
#include "app/config/toml_file.hpp"
#include "app/config/value.hpp"
#include "base/ascii.hpp"
#include "base/nearest.hpp"
#include "store/database.hpp"
#include "upstream/proxy_choice.hpp"

namespace ferry::app {
namespace {

// Where a value comes from; becomes the head of each message about it.
struct place {
    std::string where;
    unsigned line = 0, column = 0;
};

std::string joined(const std::vector<std::string_view>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

// The key probably meant: a like one of this section, else the same name, else a like one, in another section.
std::string meant_key(std::string_view section, std::string_view name) {
    const auto near = nearest(name, key_names(section));
    if (!near.empty()) return fmt::format("{}.{}", section, near);
    for (const auto other : section_names()) {
        if (find_key(other, name) != nullptr) return fmt::format("{}.{}", other, name);
    }
    return {};
}

std::string environment_name(std::string_view key) {
    std::string name = fmt::format("FERRY_{}", key);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

// Takes values from the three sources, weakest first, and gathers what is wrong with them.
class loading {
public:
    loading() {
        check_store_url(result_.loaded.store.url);
        result_.loaded.usage.journal_dir = absolute_path(result_.loaded.usage.journal_dir);
    }

    void take_file(const std::string& path) {
        for (const auto& entry : read_toml_file(path, result_.faults)) {
            const place key_place{path, entry.line, entry.column};
            const auto& sections = section_names();
            if (std::find(sections.begin(), sections.end(), entry.section) == sections.end()) {
                unknown_section(key_place, entry);
            } else if (!entry.key.empty()) {
                const place value_place{path, entry.value_line, entry.value_column};
                take(entry.section, entry.key, entry.value, key_place, value_place);
            } else if (!is_table(entry.value)) {
                fault(key_place, entry.section,
                      fmt::format("is a section: write [{}] and its keys below", entry.section));
            }
        }
    }

    void take_environment(const std::map<std::string, std::string>& environment) {
        const auto database = environment.find("DATABASE_URL");
        if (database != environment.end() && !environment.contains("FERRY_STORE_URL")) {
            if (database->second.empty())
                return fault({"DATABASE_URL"}, "store.url",
                             "is empty: give it the address of a database, or unset it to use store.url of the "
                             "configuration");
            take("store", "url", untyped_text{database->second}, {"DATABASE_URL"}, {"DATABASE_URL"});
        }
        auto& proxies = result_.loaded.upstream.environment;
        proxies.https_proxy = proxy_variable(environment, "HTTPS_PROXY", "https_proxy");
        proxies.http_proxy = proxy_variable(environment, "HTTP_PROXY", "http_proxy");
        proxies.no_proxy = variable(environment, "NO_PROXY", "no_proxy");
        for (const auto& [name, value] : environment) take_variable(name, value);
    }

    void take_sets(const std::vector<std::string>& sets) {
        for (const auto& set : sets) {
            const std::string_view target = std::string_view(set).substr(0, set.find('='));
            const std::size_t dot = target.find('.');
            if (target.size() == set.size() || dot == std::string_view::npos) {
                fault({"--set"}, {}, "needs the form section.key=value, such as server.threads=4");
                continue;
            }
            const place here{"--set"};
            take(target.substr(0, dot), target.substr(dot + 1), untyped_text{set.substr(target.size() + 1)}, here,
                 here);
        }
    }

    load_result finish() {
        fill_in_for_a_server();
        doubt_combinations();
        result_.loaded.budget.rates = result_.loaded.usage.rates;
        return std::move(result_);
    }

private:
    static std::string variable(const std::map<std::string, std::string>& environment, const char* name,
                                const char* other_name) {
        auto found = environment.find(name);
        if (found == environment.end() || found->second.empty()) found = environment.find(other_name);
        return found == environment.end() ? std::string() : found->second;
    }

    // Other programs may understand more kinds of proxies; what is of no use here must not keep Ferry from starting.
    std::string proxy_variable(const std::map<std::string, std::string>& environment, const char* name,
                               const char* other_name) {
        auto value = variable(environment, name, other_name);
        const auto problem = upstream::proxy_problem(value);
        if (problem.empty()) return value;
        warn({name}, {}, problem + "; it is not used. Set upstream.proxy to say what is meant");
        return {};
    }

    static bool is_table(const raw_value& value) {
        const auto* shape = std::get_if<other_shape>(&value);
        return shape != nullptr && shape->name == "a table";
    }

    void fault(const place& at, std::string key, std::string text, std::string suggestion = {}) {
        result_.faults.push_back(
            {at.where, at.line, at.column, std::move(key), std::move(text), std::move(suggestion)});
    }

    void warn(const place& at, std::string key, std::string text) {
        result_.warnings.push_back({at.where, at.line, at.column, std::move(key), std::move(text), {}});
    }

    void take(std::string_view section, std::string_view name, const raw_value& value, const place& key_place,
              const place& value_place) {
        const std::string key = fmt::format("{}.{}", section, name);
        const key_rule* rule = find_key(section, name);
        if (rule == nullptr) return unknown_key(key_place, section, name);
        verdict v = rule->assign(result_.loaded, value);
        if (!v.problem.empty()) return fault(value_place, key, std::move(v.problem), std::move(v.suggestion));
        given_.insert(key);
        if (!v.warning.empty()) warn(value_place, key, std::move(v.warning));
    }

    void unknown_key(const place& at, std::string_view section, std::string_view name) {
        const auto& sections = section_names();
        if (std::find(sections.begin(), sections.end(), section) == sections.end()) {
            const auto near = nearest(section, sections);
            fault(at, std::string(section), fmt::format("unknown section; there are {}", joined(sections)),
                  std::string(near));
            return;
        }
        std::string meant = meant_key(section, name);
        if (!meant.empty() && at.where.starts_with("FERRY_")) meant = environment_name(meant);
        std::string text = "unknown key";
        if (meant.empty()) text += fmt::format("; [{}] has {}", section, joined(key_names(section)));
        fault(at, fmt::format("{}.{}", section, name), std::move(text), std::move(meant));
    }

    // One fault per section, not one per key of it.
    void unknown_section(const place& at, const file_entry& entry) {
        if (entry.key.empty() && !is_table(entry.value)) {
            const std::string meant = meant_key({}, entry.section);
            return fault(at, entry.section, "a key must stand in a section", meant);
        }
        if (last_unknown_section_ == entry.section) return;
        last_unknown_section_ = entry.section;
        unknown_key(at, entry.section, entry.key);
    }

    // FERRY_SERVER_THREADS. A name whose section is none of ours belongs to somebody else.
    void take_variable(const std::string& name, const std::string& value) {
        constexpr std::string_view prefix = "FERRY_";
        if (!name.starts_with(prefix)) return;
        const std::string rest = lower_case(std::string_view(name).substr(prefix.size()));
        const std::size_t underscore = rest.find('_');
        const std::string_view section = std::string_view(rest).substr(0, underscore);
        const auto& sections = section_names();
        if (underscore == std::string::npos || std::find(sections.begin(), sections.end(), section) == sections.end()) {
            return;
        }
        take(section, std::string_view(rest).substr(underscore + 1), untyped_text{value}, {name}, {name});
    }

    // What is cheap and harmless with a file is not with a server that several programs share.
    void fill_in_for_a_server() {
        auto& store = result_.loaded.store;
        if (!store::is_server_url(store.url)) return;
        if (!given_.contains("store.refresh_interval")) store.refresh_interval = std::chrono::seconds(5);
        if (!given_.contains("store.auto_migrate")) store.auto_migrate = false;
        if (!given_.contains("store.snapshot_file")) store.snapshot_file = absolute_path("var/catalog.snapshot");
    }

    // Each value is good by itself, but together they hardly do what was meant.
    void doubt_combinations() {
        const auto& server = result_.loaded.server;
        const place at{"configuration"};
        if (server.limits.body_memory < server.limits.json_body_bytes) {
            warn(at, "limits.body_memory",
                 "is less than one request body may have, so the largest are refused with 503");
        }
        const auto local = [](const std::string& address) {
            return address.starts_with("127.") || address.starts_with("[::1]") || address.starts_with("unix:");
        };
        if (!server.auth_required && !std::all_of(server.listen.begin(), server.listen.end(), local)) {
            warn(at, "auth.required", "is false, so whoever reaches server.listen uses the models without a key");
        }
        if (!local(server.admin_listen)) {
            warn(at, "server.admin_listen", "asks for no key: let no one but its monitoring reach this address");
        }
        require_both("server.tls_certificate", server.tls_certificate, "server.tls_key", server.tls_key);
        const auto& upstream = result_.loaded.upstream;
        require_both("upstream.client_certificate", upstream.client_certificate, "upstream.client_key",
                     upstream.client_key);
        const auto& usage = result_.loaded.usage;
        const bool keeps_rows = usage.retention.count() == 0 || usage.retention > usage.sums_retention;
        if (usage.sums_retention.count() != 0 && keeps_rows) {
            fault(at, "usage.sums_retention",
                  "must not be shorter than usage.retention: sums stay as long as their rows");
        }
        const auto& listen = server.listen;
        const bool taken = std::find(listen.begin(), listen.end(), server.admin_listen) != listen.end();
        if (taken && !server.admin_listen.ends_with(":0")) {
            fault(at, "server.admin_listen", "is also an address of server.listen: choose another port");
        }
    }

    void require_both(const char* certificate, const std::string& its_file, const char* key,
                      const std::string& key_file) {
        if (its_file.empty() == key_file.empty()) return;
        const bool lacks_key = key_file.empty();
        fault({"configuration"}, lacks_key ? certificate : key,
              fmt::format("needs {} beside it: TLS takes both", lacks_key ? key : certificate));
    }

    load_result result_;
    std::string last_unknown_section_;
    std::set<std::string> given_;  // keys that file, environment or command line have set
};

}  // namespace

load_result load_settings(const load_request& request) {
    loading work;
    if (request.file) work.take_file(*request.file);
    work.take_environment(request.environment);
    work.take_sets(request.sets);
    return work.finish();
}

std::string to_text(const config_fault& fault) {
    std::string out = fault.where;
    if (fault.line != 0) out += fmt::format(":{}:{}", fault.line, fault.column);
    out += ": ";
    if (!fault.key.empty()) out += fault.key + ": ";
    out += fault.text;
    if (!fault.suggestion.empty()) out += fmt::format("; did you mean {}?", fault.suggestion);
    return out;
}

}  // namespace ferry::app
