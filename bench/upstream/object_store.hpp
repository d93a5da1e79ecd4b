#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry::bench {

// Something that a request made and that others may ask for by its id: a file, a batch, a response.
struct stored_object {
    std::string kind;           // "file", ...; an id of another kind is unknown
    std::string id;
    std::string parent;         // the id of what it belongs to, "" if nothing
    boost::json::object shown;  // what the provider tells of it

    // Of what has a content: how long it is and, while it is kept, the bytes themselves.
    std::uint64_t bytes = 0;
    std::string sha256;  // "" if unknown
    std::shared_ptr<const std::string> content;
};

// The objects of all credentials; what one made, another does not see. Bounded: beyond 10,000 objects the oldest one
// goes, beyond 64 MiB of contents the oldest content. Owned by: the server. Lives on: any thread.
class object_store {
public:
    using found = std::shared_ptr<const stored_object>;

    void put(std::string_view credential, stored_object object);
    found find(std::string_view credential, std::string_view kind, std::string_view id) const;  // null: unknown
    // Changes it under the lock and returns what it is now; null if it is unknown.
    found change(std::string_view credential, std::string_view kind, std::string_view id,
                 const std::function<void(stored_object&)>& how);
    bool remove(std::string_view credential, std::string_view kind, std::string_view id);
    std::vector<found> list(std::string_view credential, std::string_view kind, std::string_view parent = {}) const;
    void clear();

private:
    struct entry {
        std::string key;  // credential and id
        found object;
    };
    using entries = std::list<entry>;  // oldest first

    entries::iterator at(std::string_view credential, std::string_view kind, std::string_view id) const;
    void erase(entries::iterator which);
    void keep_bounds();

    mutable std::mutex mutex_;
    mutable entries entries_;
    std::unordered_map<std::string, entries::iterator> by_key_;
    std::size_t content_bytes_ = 0;
};

}  // namespace ferry::bench
