#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/request.hpp"
#include "io/network.hpp"
#include "upstream/action.hpp"
#include "upstream/operation.hpp"
#include "upstream/parsed_prompt.hpp"
#include "upstream/request_facts.hpp"

namespace ferry::bench {

// What was decided for one request. `rule` is the number of the script rule used, 0 if none.
struct decision {
    std::shared_ptr<const action> what;
    std::size_t rule = 0;
};

// Which action a request gets: the mood of its model name, over it the first script rule that matches, over that the
// marker in its prompt, member by member. Owned by: the server, shared by all workers. Lives on: any thread.
class script {
public:
    // What the script says of the network is laid over `way`. The preset ("": none) is the mood of all models that have
    // no other. Throws std::invalid_argument in words if there is none of this name.
    script(const network& way, const std::string& preset);

    // Replaces everything. Throws std::invalid_argument in words and changes nothing if `source` is at fault.
    void load(const boost::json::value& source);
    void forget_counts();

    // Never throws: a bad marker is answered with a 400 that says what is wrong with it.
    decision decide(const request& r, const operation& op, const request_facts& facts,
                    const std::optional<parsed_prompt>& prompt);
    // Whether decide() needs a parsed prompt.
    bool needs_prompt(const request_facts& facts) const;
    std::vector<std::string> model_names() const;
    network way() const;  // for a connection that is accepted now

private:
    struct rule {
        std::string path, operation, model, prompt_contains, method;
        std::optional<bool> stream;
        std::uint64_t nth = 0, every = 0, times = 0;
        std::uint64_t seen = 0, used = 0;
        boost::json::object members;
    };
    using moods = std::unordered_map<std::string, std::shared_ptr<const action>>;

    static rule read_rule(const boost::json::value& source);
    static bool fits(const rule& r, const request& q, const operation& op, const request_facts& facts,
                     const std::optional<parsed_prompt>& prompt);
    std::shared_ptr<const action> built_in(std::string_view model) const;
    decision chosen(const request& r, const operation& op, const request_facts& facts,
                    const std::optional<parsed_prompt>& prompt);
    void fall(decision& d);  // to what only happens sometimes
    // The rest REQUIRES the mutex.
    std::shared_ptr<const action> mood_of(std::string_view model) const;
    std::size_t rule_for(const request& r, const operation& op, const request_facts& facts,
                         const std::optional<parsed_prompt>& prompt);
    void lay_over(const boost::json::object& members, const request_facts& facts, action& onto);

    mutable std::mutex mutex_;
    std::atomic<bool> scripted_{false};       // rules or model moods were loaded: the fast path ends here
    std::atomic<bool> reads_prompts_{false};  // a rule looks into the prompt or at the tools
    moods moods_;
    std::vector<rule> rules_;
    std::unordered_map<std::string, int> failed_;  // by nonce
    const network given_way_;
    network way_;
    std::atomic<std::uint64_t> fallen_{0};  // requests that something might have fallen to
    const std::shared_ptr<const action> plain_;
    const std::shared_ptr<const action> demo_;
};

}  // namespace ferry::bench
