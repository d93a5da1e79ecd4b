// A catalog made from the one before and what changed is the catalog that all rows would make.
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <sstream>

#include "catalog/builder.hpp"
#include "sample_rows.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using catalog::builder;
using catalog::catalog_ptr;

namespace {

std::string described(const catalog_ptr& of) {
    std::ostringstream all;
    all << of->version() << ' ' << of->size() << '\n';
    for (const auto* row : of->rows()) {
        all << row->id << ' ' << row->model_name << ' ' << row->where.host << ' ' << row->priority << ' '
            << row->price.input << row->currency << ':';
        BOOST_REQUIRE(of->find_row(row->id) == row);
        for (const auto* same : of->rows_of(row->model_name)) all << ' ' << same->id;
        all << '\n';
    }
    for (const auto& block : of->names().blocks()) all << block->text();
    for (const auto& row : of->refused().all()) all << '\n' << row.table << row.id << row.name << ' ' << row.reason;
    for (char name = 'a'; name <= 'z'; ++name) {
        const auto* route = of->find_route(std::string(1, name));
        if (route == nullptr) continue;
        all << "\nroute " << route->name;
        for (const auto& member : route->members) all << ' ' << member.model_name << member.weight;
    }
    return all.str();
}

std::string letter(std::mt19937& random, unsigned of = 8) {
    return std::string(1, static_cast<char>('a' + random() % of));
}

// The tables, and what has been done to them since the last look.
struct tables {
    std::map<std::int64_t, store::model_row> models;
    std::map<std::string, store::route_row> routes;
    std::set<std::int64_t> touched_models;
    std::set<std::string> touched_routes;
    std::int64_t version = 1;
    std::mt19937 random{7};

    void change_model() {
        const auto id = static_cast<std::int64_t>(random() % 30 + 1);
        touched_models.insert(id);
        ++version;
        if (random() % 4 == 0) {
            models.erase(id);
            return;
        }
        auto row = model(id, letter(random));
        row.is_enabled = random() % 5 != 0;
        if (random() % 6 == 0) row.api_endpoint = "nonsense";
        if (random() % 8 == 0) row.api_key = "env:NOWHERE";
        row.priority = random() % 3;
        row.base_price_pico = random() % 100;
        if (random() % 4 == 0) row.currency = "CNY";
        models[id] = row;
    }

    void change_route() {
        const std::string name = letter(random, 12);
        touched_routes.insert(name);
        ++version;
        if (random() % 4 == 0) {
            routes.erase(name);
            return;
        }
        const char* strategies[] = {"priority", "weighted", "cheapest", "fastest", "odd"};
        auto row = route(name, strategies[random() % 5], "[\"" + letter(random) + "\",\"" + letter(random) + "\"]");
        row.is_enabled = random() % 5 != 0;
        if (random() % 9 == 0) row.members = "{}";
        routes[name] = row;
    }

    store::catalog_rows all() const {
        store::catalog_rows rows;
        rows.version = version;
        for (const auto& [id, row] : models) rows.models.push_back(row);
        for (const auto& [name, row] : routes) rows.routes.push_back(row);
        return rows;
    }

    store::catalog_changes take_changes() {
        store::catalog_changes changes;
        changes.version = version;
        for (const auto id : touched_models)
            models.contains(id) ? changes.models.push_back(models[id]) : changes.models_gone.push_back(id);
        for (const auto& name : touched_routes)
            routes.contains(name) ? changes.routes.push_back(routes[name]) : changes.routes_gone.push_back(name);
        touched_models.clear();
        touched_routes.clear();
        return changes;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalogs_from_changes)

BOOST_AUTO_TEST_CASE(any_changes_make_the_catalog_that_all_rows_would_make) {
    tables now;
    for (int i = 0; i < 20; ++i) now.change_model();
    builder changing(no_secrets);
    changing.build(now.all());
    now.take_changes();
    for (int round = 0; round < 3'000; ++round) {
        for (unsigned i = now.random() % 4 + 1; i > 0; --i)
            now.random() % 3 == 0 ? now.change_route() : now.change_model();
        const auto made = described(changing.apply(now.take_changes()));
        BOOST_REQUIRE_EQUAL(made, described(builder(no_secrets).build(now.all())));
    }
}

BOOST_AUTO_TEST_CASE(rows_that_did_not_change_are_the_same_objects_afterwards) {
    store::catalog_rows rows;
    rows.version = 1;
    for (int id = 1; id <= 3'000; ++id) rows.models.push_back(model(id, "m" + std::to_string(id)));
    builder changing(no_secrets);
    const auto before = changing.build(rows);
    store::catalog_changes changes;
    changes.version = 2;
    changes.models = {model(7, "seven")};
    changes.models_gone = {8};
    const auto after = changing.apply(changes);
    BOOST_TEST(after->find_row(9) == before->find_row(9));
    BOOST_TEST(after->find_row(7) != before->find_row(7));
    BOOST_TEST(before->find_row(8));
    BOOST_TEST(!after->find_row(8));
    BOOST_TEST(after->rows_of("m7").empty());
    BOOST_TEST(after->rows_of("seven").size() == 1u);
    std::size_t shared = 0;
    for (const auto& block : before->names().blocks()) shared += block.use_count() > 2;
    BOOST_TEST(shared >= before->names().blocks().size() - 3);
}

BOOST_AUTO_TEST_CASE(only_the_keys_of_changed_rows_are_read_again) {
    std::vector<std::string> asked;
    builder changing([&asked](std::string_view reference) -> result<secret> {
        asked.emplace_back(reference);
        return secret("key");
    });
    store::catalog_rows rows;
    rows.models = {model(1, "a"), model(2, "b")};
    for (auto& row : rows.models) row.api_key = "file:" + row.model_name;
    changing.build(rows);
    asked.clear();
    store::catalog_changes changes;
    changes.models = {rows.models[1]};
    changing.apply(changes);
    BOOST_TEST(asked == std::vector<std::string>{"file:b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
