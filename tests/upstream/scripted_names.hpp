// A name service that answers what a test says, when it says so.
#pragma once

#include <map>

#include "upstream/name_source.hpp"

namespace ferry::upstream::testing {

inline lookup_answer has(std::initializer_list<const char*> addresses, int ttl = 60) {
    lookup_answer answer;
    for (const auto* one : addresses) answer.addresses.push_back(boost::asio::ip::make_address(one));
    answer.ttl = std::chrono::seconds(ttl);
    return answer;
}

inline lookup_answer fails(bool is_definite) {
    lookup_answer answer;
    answer.error = is_definite ? "the name does not exist" : "the name service does not answer";
    answer.is_definite = is_definite;
    return answer;
}

// Used on one thread. What is in `known` is answered at once, everything else when answer() is called.
struct scripted_names final : name_source {
    std::map<std::string, lookup_answer> known;
    std::vector<std::string> asked;
    std::multimap<std::string, callback> waiting;

    void ask(const std::string& host, callback done) override {
        asked.push_back(host);
        const auto found = known.find(host);
        if (found != known.end()) {
            done(found->second);
        } else {
            waiting.emplace(host, std::move(done));
        }
    }
    void answer(const std::string& host, const lookup_answer& with) {
        auto node = waiting.extract(host);
        node.mapped()(with);
    }
};

}  // namespace ferry::upstream::testing
