#include "catalog/routing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

namespace ferry::catalog {
namespace {

using rows = boost::container::small_vector<const candidate*, 8>;

// Reorders `items` by repeated draws without replacement, each in proportion to the weights that are left; weight 0
// comes last, in the order it had.
template <class Items, class Weight>
void draw_order(Items&& items, const Weight& weight_of, const random_below& random) {
    std::uint64_t total = 0;
    for (const auto& item : items) total += weight_of(item);
    for (auto next = items.begin(); next != items.end() && total > 0; ++next) {
        // The last one with a weight needs no draw: a model with one row, the usual case, costs none.
        const bool is_certain = weight_of(*next) == total;
        std::uint64_t drawn = is_certain ? 0 : random(total);
        auto chosen = next;
        while (drawn >= weight_of(*chosen)) drawn -= weight_of(*chosen++);
        total -= weight_of(*chosen);
        std::rotate(next, chosen, chosen + 1);
    }
}

// Collects candidates in order, each once, following fallbacks breadth first.
class collector {
public:
    collector(const catalog& models, const request_choice& choice, const random_below& random, route& out)
        : models_(models), choice_(choice), random_(random), out_(out) {}

    void add_row(const candidate& row) {
        if (out_.candidates.size() == max_candidates) return;
        if (std::find(out_.candidates.begin(), out_.candidates.end(), &row) != out_.candidates.end()) return;
        out_.candidates.push_back(&row);
    }

    // A model or a virtual model; nothing if there is none of this name.
    void add_name(std::string_view name) {
        if (const virtual_route* route = models_.find_route(name))
            add_route(*route);
        else
            add_model(name);
    }

    // What has been collected names what comes after it. A circle ends where it brings no new row.
    void add_fallbacks() {
        for (std::size_t i = 0; i < out_.candidates.size(); ++i)
            if (!out_.candidates[i]->fallback_model.empty()) add_name(out_.candidates[i]->fallback_model);
    }

private:
    void add_model(std::string_view name) {
        const auto same_name = models_.rows_of(name);
        rows ordered(same_name.begin(), same_name.end());  // by priority already
        const auto weight = [](const candidate* row) { return static_cast<std::uint64_t>(row->weight); };
        for (auto first = ordered.begin(); first != ordered.end();) {
            const auto last = std::find_if(
                first, ordered.end(), [first](const candidate* row) { return row->priority != (*first)->priority; });
            draw_order(std::span(first, last), weight, random_);
            first = last;
        }
        for (const candidate* row : ordered) add_row(*row);
    }

    void add_route(const virtual_route& route) {
        boost::container::small_vector<const route_member*, 8> members;
        for (const route_member& member : route.members) members.push_back(&member);
        const auto weight = [](const route_member* member) { return static_cast<std::uint64_t>(member->weight); };
        if (route.strategy == route_strategy::weighted) draw_order(members, weight, random_);
        const auto before = static_cast<std::ptrdiff_t>(out_.candidates.size());
        for (const route_member* member : members) add_name(member->model_name);
        const auto added = std::span(out_.candidates).subspan(static_cast<std::size_t>(before));
        if (route.strategy == route_strategy::cheapest) order_by_cost(added);
        if (route.strategy == route_strategy::fastest) order_by_speed(added);
    }

    void order_by_cost(std::span<const candidate*> added) const {
        std::stable_sort(added.begin(), added.end(), [this](const candidate* a, const candidate* b) {
            return expected_cost(*a, choice_) < expected_cost(*b, choice_);
        });
    }

    // Two are drawn, and the faster one is asked first: all that ask for the fastest at one moment would make it the
    // slowest. Whoever is not known is asked at once, so that he is.
    void order_by_speed(std::span<const candidate*> added) const {
        const auto speed = [this](const candidate* row) {
            return choice_.speed_of ? choice_.speed_of(row->id).value_or(0) : 0;
        };
        std::stable_sort(added.begin(), added.end(),
                         [&speed](const candidate* a, const candidate* b) { return speed(a) < speed(b); });
        if (added.size() < 3 || speed(added.front()) == 0) return;
        const auto one = random_(added.size());
        auto other = random_(added.size() - 1);
        if (other >= one) ++other;
        const auto first = added.begin() + static_cast<std::ptrdiff_t>(std::min(one, other));
        std::rotate(added.begin(), first, first + 1);
    }

    const catalog& models_;
    const request_choice& choice_;
    const random_below& random_;
    route& out_;
};

}  // namespace

result<route> choose(const catalog& models, const request_choice& choice, const random_below& random) {
    route chosen;
    collector collect(models, choice, random, chosen);
    if (choice.id) {
        const candidate* row = models.find_row(*choice.id);
        const refused_row* refused = models.refused().find_model(*choice.id);
        if (!row && !refused)
            return fault::client(fault_code::model_not_found,
                                 "There is no enabled model with id " + std::to_string(*choice.id) +
                                     ". GET /v1/models lists the models you may use.",
                                 "id");
        chosen.model_name = row ? row->model_name : refused->name;
        if (row) collect.add_row(*row);
    } else if (choice.model) {
        if (const virtual_route* route = models.find_route(*choice.model))
            chosen.model_name = route->name;
        else if (const auto same_name = models.rows_of(*choice.model); !same_name.empty())
            chosen.model_name = same_name.front()->model_name;
        else if (const auto refused = models.refused().find_name(*choice.model); !refused.empty())
            chosen.model_name = refused;
        else
            return fault::client(fault_code::model_not_found,
                                 "The model '" + std::string(*choice.model) +
                                     "' does not exist or is not enabled. GET /v1/models lists the models you may use.",
                                 "model");
    } else {
        return fault::client(fault_code::missing_model,
                             "The request names no model: give 'model' a name that GET /v1/models lists.", "model");
    }
    collect.add_name(chosen.model_name);
    collect.add_fallbacks();
    return chosen;
}

std::string reason_for(const catalog& models, const candidate& row, std::string_view chosen, bool is_by_id) {
    if (is_by_id) return "chosen by id";
    const auto rank = fmt::format("priority {}, weight {}", row.priority, row.weight);
    if (row.model_name == chosen) return fmt::format("{}{}", rank, row.weight == 0 ? " (only when others fail)" : "");
    if (const auto* route = models.find_route(chosen)) {
        for (const auto& member : route->members) {
            if (member.model_name != row.model_name) continue;
            return fmt::format(
                "member of {}, {}", chosen,
                route->strategy == route_strategy::weighted ? fmt::format("weight {}", member.weight) : rank);
        }
    }
    return fmt::format("fallback, {}", rank);
}

std::optional<fault> unavailable(const route& chosen) {
    if (!chosen.candidates.empty()) return std::nullopt;
    return fault::self(fault_code::model_unavailable,
                       "The model '" + std::string(chosen.model_name) +
                           "' exists but cannot be served now. Ask for another model, or tell who runs this service; "
                           "trying again does not help until that is mended.");
}

}  // namespace ferry::catalog
