// What is to be brought over, in Ferry's terms: what the readers of gateways make and `apply` writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/import/source.hpp"
#include "store/rows.hpp"

namespace ferry::app::takeover {

struct origin {
    std::string table;
    std::string row;  // "3 (line 7)": its id, and its line if it stands in a file
};

struct person {  // a user or a team
    origin from;
    std::string ref;  // what rows of the gateway call it
    std::string name;
    bool is_enabled = true;
    store::limit_columns limits;
};

struct upstream_model {
    origin from;
    store::model_row row;
    std::string detail;      // of which channel, and by which of its keys
    bool lacks_key = false;  // the gateway has one that cannot be read: the row stays disabled until somebody adds it
};

struct client_key {
    origin from;
    store::key_row row;  // without user_id and team_id
    std::string user_ref, team_ref;
};

// Something that is not taken: a row, or `what` of it.
struct left_out {
    origin from;
    std::string what, why;
};

struct plan {
    std::vector<person> teams, users;
    std::vector<upstream_model> models;
    std::vector<client_key> keys;
    std::vector<left_out> not_taken;

    void leave_out(const origin& from, std::string what, std::string why) {
        not_taken.push_back({from, std::move(what), std::move(why)});
    }
};

// What a row is called; `id` is the column that names it.
origin origin_of(const source_row& row, std::string_view id);

// `given` if it can be a name in Ferry, else one made of `kind` and `ref`.
std::string usable_name(const std::string& given, std::string_view kind, const std::string& ref);

// Names of users and teams are there once, and are more than digits, which would be taken for an id.
void make_names_unique(std::vector<person>& people, std::string_view kind);

// One whom keys name but no row describes is added by that name.
void require_person(std::vector<person>& people, const std::string& ref, const origin& from);

// An amount of money as budget_pico; nothing where there is none, or where it cannot be read, which is noted.
std::optional<std::int64_t> budget_of(const source_row& row, std::string_view column, const origin& from, plan& into);

// Calls read(row) for each row of the table; one with a defect is left out.
template <class Read>
void each_row(const std::map<std::string, store::foreign_table>& tables, const std::string& name, plan& into,
              Read read) {
    const auto table = tables.find(name);
    if (table == tables.end()) return;
    for (const auto& values : table->second.rows) {
        const source_row row(table->second, values);
        if (row.defect().empty()) {
            read(row);
        } else {
            into.leave_out(origin_of(row, ""), "the row", row.defect());
        }
    }
}

}  // namespace ferry::app::takeover
