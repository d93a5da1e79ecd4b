#include "app/cli/import/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/cli/model_columns.hpp"
#include "base/decimal.hpp"
#include "catalog/model_check.hpp"
#include "store/store_error.hpp"

namespace ferry::app::takeover {
namespace {

using ids = std::map<std::string, std::int64_t>;  // of people, by what the gateway calls them

std::vector<store::column_value> columns_of(const store::model_row& row) {
    std::vector<store::column_value> made = {{"model_name", row.model_name},
                                             {"display_name", row.display_name},
                                             {"provider", row.provider},
                                             {"api_endpoint", row.api_endpoint},
                                             {"api_key", row.api_key},
                                             {"is_enabled", row.is_enabled ? "1" : "0"},
                                             {"priority", std::to_string(row.priority)},
                                             {"weight", std::to_string(row.weight)}};
    const auto price = [&made](const char* name, std::optional<std::int64_t> pico) {
        if (pico) made.push_back({name, format_decimal(*pico, price_scale)});
    };
    price("input_cost_per_1k", row.input_price_pico);
    price("output_cost_per_1k", row.output_price_pico);
    price("cached_input_cost_per_1k", row.cached_input_price_pico);
    if (row.upstream_model) made.push_back({"upstream_model", row.upstream_model});
    if (row.auth_scheme) made.push_back({"auth_scheme", row.auth_scheme});
    return made;
}

// What the report says of a row beside its name.
std::string detail_of(const upstream_model& one) {
    std::string text = one.detail;
    const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
    const auto price = [](std::optional<std::int64_t> pico) {
        return pico ? price_text(*pico, price_unit::per_million) : std::string("-");
    };
    const auto& row = one.row;
    if (row.input_price_pico || row.output_price_pico)
        add(fmt::format("{} in, {} out per 1,000,000 tokens", price(row.input_price_pico),
                        price(row.output_price_pico)));
    if (!row.is_enabled) add("disabled");
    return text;
}

class writer {
public:
    writer(store::database& db, bool writes)
        : people_(db.people()), models_(db.models()), keys_(db.keys()), rows_(models_->load_catalog()) {
        made_.is_written = writes;
    }

    void take(const plan& all) {
        const ids teams = take_people(store::people::teams, all.teams);
        const ids users = take_people(store::people::users, all.users);
        take_models(all.models);
        take_keys(all.keys, users, teams);
        for (const auto& one : all.not_taken)
            made_.lines.push_back({outcome::not_taken, "", one.from, one.what, one.why});
    }

    report result() { return std::move(made_); }

private:
    void note(outcome is, const char* kind, const origin& from, std::string what, std::string why = {}) {
        made_.lines.push_back({is, kind, from, std::move(what), std::move(why)});
    }

    // Writes, if anything is to be written; false if the store refuses the row, which is noted.
    template <class Write>
    bool is_stored(const char* kind, const origin& from, const std::string& what, Write write) {
        if (!made_.is_written) return true;
        try {
            write();
            return true;
        } catch (const store::row_refused& refused) {
            note(outcome::not_taken, kind, from, what, refused.what());
            return false;
        }
    }

    ids take_people(store::people of, const std::vector<person>& all) {
        const bool is_user = of == store::people::users;
        const char* const kind = is_user ? "user" : "team";
        ids known;
        std::map<std::string, std::int64_t> there;
        for (const auto& row : people_->list(of)) there.emplace(row.name, row.id);
        for (const auto& one : all) {
            if (const auto found = there.find(one.name); found != there.end()) {
                known[one.ref] = found->second;
                note(outcome::there_already, kind, one.from, one.name);
                continue;
            }
            store::person_row row;
            row.name = one.name;
            row.is_enabled = one.is_enabled;
            static_cast<store::limit_columns&>(row) = one.limits;
            const bool stored = is_stored(kind, one.from, one.name, [&] { row.id = people_->add(of, row); });
            if (!stored) continue;
            known[one.ref] = row.id;
            note(outcome::taken, kind, one.from, one.name, one.is_enabled ? "" : "disabled, as there");
        }
        return known;
    }

    static bool is_same(const upstream_model& one, const store::model_row& there) {
        const auto& row = one.row;
        return row.model_name == there.model_name && row.api_endpoint == there.api_endpoint &&
               row.upstream_model.value_or(row.model_name) == there.upstream_model.value_or(there.model_name) &&
               (one.lacks_key || row.api_key == there.api_key);
    }

    void take_models(const std::vector<upstream_model>& all) {
        const catalog::model_check check(rows_.models, rows_.routes, catalog::read_secret);
        std::vector<store::model_row> there = rows_.models;
        for (const auto& one : all) {
            const auto& row = one.row;
            const bool is_there =
                std::any_of(there.begin(), there.end(), [&one](const auto& each) { return is_same(one, each); });
            if (is_there) {
                note(outcome::there_already, "model", one.from, row.model_name, one.detail);
                continue;
            }
            if (const auto faults = check.of(row).faults; !faults.empty()) {
                note(outcome::not_taken, "model", one.from, row.model_name, faults.front());
                continue;
            }
            if (!is_stored("model", one.from, row.model_name, [&] { models_->add_model(columns_of(row)); })) continue;
            there.push_back(row);
            note(outcome::taken, "model", one.from, row.model_name, detail_of(one));
        }
    }

    // False, which is noted, where somebody it belongs to could not be written: it would be nobody's.
    bool set_owners(const client_key& one, const ids& users, const ids& teams, store::key_row& row) {
        const auto set = [](const std::string& ref, const ids& known, std::optional<std::int64_t>& column) {
            if (ref.empty()) return true;
            const auto found = known.find(ref);
            if (found != known.end()) column = found->second;
            return found != known.end();
        };
        if (set(one.user_ref, users, row.user_id) && set(one.team_ref, teams, row.team_id)) return true;
        note(outcome::not_taken, "key", one.from, row.name, "its user or team was not taken");
        return false;
    }

    void take_keys(const std::vector<client_key>& all, const ids& users, const ids& teams) {
        std::set<std::string> there;
        for (const auto& row : keys_->list_keys()) there.insert(row.key_sha256);
        for (const auto& one : all) {
            auto row = one.row;
            if (!there.insert(row.key_sha256).second) {
                note(outcome::there_already, "key", one.from, row.name);
                continue;
            }
            if (!set_owners(one, users, teams, row)) continue;
            if (!is_stored("key", one.from, row.name, [&] { row.id = keys_->add_key(row); })) continue;
            note(outcome::taken, "key", one.from, row.name, row.is_enabled ? "" : "disabled, as there");
        }
    }

    std::unique_ptr<store::people_store> people_;
    std::unique_ptr<store::model_store> models_;
    std::unique_ptr<store::key_store> keys_;
    store::catalog_rows rows_;
    report made_;
};

}  // namespace

report apply_plan(const plan& made, store::database& db, bool writes) {
    writer all(db, writes);
    all.take(made);
    return all.result();
}

}  // namespace ferry::app::takeover
