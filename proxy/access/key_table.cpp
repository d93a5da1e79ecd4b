#include "access/key_table.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <limits>
#include <stdexcept>

#include "access/credentials.hpp"

namespace ferry::access {
namespace {

constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

// Disabled, expired and out of grace are one comparison, so that they cannot be told apart by time either.
std::int64_t valid_until(const store::key_row& row) {
    if (!row.is_enabled) return never;
    return std::min(row.expires_at_us.value_or(for_ever), row.grace_until_us.value_or(for_ever));
}

key_refusal why_after(const store::key_row& row) {
    if (!row.is_enabled) return key_refusal::revoked;
    const bool by_grace = row.grace_until_us.value_or(for_ever) < row.expires_at_us.value_or(for_ever);
    return by_grace ? key_refusal::rotated : key_refusal::expired;
}

// Sorted; nothing if the text is not a JSON array of strings.
std::optional<std::vector<std::string>> parse_names(const std::string& text) {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(text, error);
    if (error || !parsed.is_array()) return std::nullopt;
    std::vector<std::string> names;
    for (const boost::json::value& name : parsed.get_array()) {
        if (!name.is_string()) return std::nullopt;
        names.emplace_back(name.get_string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

// Why the row cannot be used; "" if it can. Fills the holder's list of models.
std::string read_allowed_models(const store::key_row& row, principal& holder) {
    if (!row.allowed_models) return {};
    holder.allowed_models = parse_names(*row.allowed_models);
    if (!holder.allowed_models) return "allowed_models is not a JSON array of model names, such as [\"gpt-4\"]";
    holder.allowed_digest = sha256(*row.allowed_models);
    for (const std::string& name : *holder.allowed_models)
        if (name.find('*') != std::string::npos) holder.model_patterns.push_back(name);
    return {};
}

// Why the row cannot be used; "" if it can. Fills the holder's networks.
std::string read_allowed_addresses(const store::key_row& row, principal& holder) {
    if (!row.allowed_addresses) return {};
    const auto networks = parse_names(*row.allowed_addresses);
    if (!networks) return "allowed_addresses is not a JSON array of networks, such as [\"10.0.0.0/8\"]";
    try {
        holder.allowed_addresses = std::make_shared<const net::network_list>(*networks);
    } catch (const std::invalid_argument& wrong) {
        return std::string("allowed_addresses: ") + wrong.what();
    }
    return {};
}

principal make_holder(const store::key_row& row) {
    principal holder;
    holder.key_id = row.id;
    holder.user_id = row.user_id;
    holder.team_id = row.team_id;
    holder.name = row.name;
    return holder;
}

}  // namespace

// One table in the making.
class key_table::step {
public:
    explicit step(const key_table& before)
        : by_public_id_(before.by_public_id_), by_id_(before.by_id_), refused_(before.refused_) {}

    void remove(std::int64_t id) {
        const entry_ptr* found = by_id_.find(id);
        if (found != nullptr) {
            const entry_ptr known = *found;
            by_public_id_.erase(known->public_id);
            by_id_.erase(id);
        }
        const auto has_id = [id](const catalog::refused_row& row) { return row.id == id; };
        if (std::ranges::any_of(*refused_, has_id)) std::erase_if(own_refused(), has_id);
    }

    // `is_only_known`: another row with this public_id is one that the store has replaced, and not a mistake in it.
    void add(const store::key_row& row, bool is_only_known) {
        entry made;
        made.public_id = row.public_id;
        made.valid_until_us = valid_until(row);
        made.why_then = why_after(row);
        made.holder = make_holder(row);
        const auto digest = parse_sha256_hex(row.key_sha256);
        if (!row.defect.empty()) return refuse(row, row.defect);
        if (row.public_id.empty()) return refuse(row, "public_id is empty: revoke the key and create another");
        if (!digest) return refuse(row, "key_sha256 is not 64 hex digits: revoke the key and create another");
        made.holder.keeps_messages = row.store_messages;
        made.holder.priority = row.priority.value_or(0);
        auto defect = read_allowed_models(row, made.holder);
        if (defect.empty()) defect = read_allowed_addresses(row, made.holder);
        made.holder.limits = limits_of(row, defect);
        if (!defect.empty()) return refuse(row, std::move(defect));
        if (const entry_ptr* other = by_public_id_.find(row.public_id)) {
            if (!is_only_known) return refuse(row, "public_id is another key's too");
            const std::int64_t replaced = *(*other)->holder.key_id;
            remove(replaced);
        }
        made.digest = *digest;
        const auto shared = std::make_shared<const entry>(std::move(made));
        by_public_id_.put(shared->public_id, shared);
        by_id_.put(row.id, shared);
    }

    void finish(key_table& made) {
        static std::atomic<std::uint64_t> tables{0};
        made.serial_ = ++tables;
        made.by_public_id_ = by_public_id_.take();
        made.by_id_ = by_id_.take();
        made.refused_ = std::move(refused_);
    }

private:
    void refuse(const store::key_row& row, std::string reason) {
        auto& all = own_refused();
        const auto goes_before = [](std::int64_t id, const catalog::refused_row& other) { return id < other.id; };
        all.emplace(std::upper_bound(all.begin(), all.end(), row.id, goes_before), "api_keys", row.id, row.name,
                    std::move(reason));
    }

    refused_list& own_refused() {
        if (own_refused_ == nullptr) {
            own_refused_ = std::make_shared<refused_list>(*refused_);
            refused_ = own_refused_;
        }
        return *own_refused_;
    }

    shard_map<std::string_view, entry_ptr>::editor by_public_id_;
    shard_map<std::int64_t, entry_ptr>::editor by_id_;
    std::shared_ptr<const refused_list> refused_;
    std::shared_ptr<refused_list> own_refused_;  // what refused_ points to, once it is this step's own
};

key_table::key_table(std::span<const store::key_row> rows) {
    step all{key_table()};
    for (const store::key_row& row : rows) all.add(row, false);
    all.finish(*this);
}

key_table::key_table(const key_table& before, std::span<const store::key_row> changed,
                     std::span<const std::int64_t> gone) {
    step next(before);
    for (const std::int64_t id : gone) next.remove(id);
    // First what these rows were: two may have exchanged their public_ids.
    for (const store::key_row& row : changed) next.remove(row.id);
    for (const store::key_row& row : changed) next.add(row, true);
    next.finish(*this);
}

key_table::match key_table::look_up(std::string_view presented) const {
    const sha256_digest digest = sha256(presented);
    const auto part = public_part(presented);
    const auto* const found = part ? by_public_id_.find(*part) : by_public_id_.find(imported_public_id(digest));
    const entry* const known = found == nullptr ? nullptr : found->get();
    // An unknown key is compared as well, with nothing, so that it takes as long as a known one.
    static constexpr sha256_digest nothing{};
    const sha256_digest& expected = known ? known->digest : nothing;
    return {known, CRYPTO_memcmp(digest.data(), expected.data(), digest.size()) == 0};
}

result<const key_table::entry*> key_table::find(std::string_view presented, std::int64_t now_us) const {
    const auto [known, is_equal] = look_up(presented);
    const std::int64_t valid_until_us = known ? known->valid_until_us : never;
    if (!is_equal || now_us >= valid_until_us) return invalid_api_key();
    return known;
}

key_table::refusal key_table::why_refused(std::string_view presented, std::int64_t now_us) const {
    const auto [known, is_equal] = look_up(presented);
    const auto part = public_part(presented);
    refusal told;
    if (known != nullptr) told.public_id = known->public_id;
    if (known == nullptr && part) told.public_id = *part;
    if (presented.empty()) {
        told.why = key_refusal::missing;
    } else if (known == nullptr) {
        told.why = part ? key_refusal::unknown : key_refusal::malformed;
    } else if (!is_equal) {
        told.why = key_refusal::wrong_secret;
    } else {
        told.why = now_us >= known->valid_until_us ? known->why_then : key_refusal::none;
    }
    return told;
}

result<const principal*> key_table::authenticate(std::string_view presented, std::int64_t now_us,
                                                 recent_key& recent) const {
    const auto last = recent.presented_.reveal();
    if (recent.table_ == serial_ && last.size() == presented.size() && now_us < recent.valid_until_us_ &&
        CRYPTO_memcmp(last.data(), presented.data(), last.size()) == 0) {
        return recent.holder_;
    }
    const auto found = find(presented, now_us);
    if (!found) return found.error();
    recent.presented_ = secret(std::string(presented));
    recent.table_ = serial_;
    recent.holder_ = &(*found)->holder;
    recent.valid_until_us_ = (*found)->valid_until_us;
    return recent.holder_;
}

const principal* key_table::find_holder(std::string_view public_id) const {
    const auto* const found = by_public_id_.find(public_id);
    return found == nullptr ? nullptr : &(*found)->holder;
}

}  // namespace ferry::access
