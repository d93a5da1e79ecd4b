#include "store/sqlite/link.hpp"

#include <sys/stat.h>

#include "store/store_error.hpp"

namespace ferry::store::sqlite {

std::optional<link::identity> link::look() const {
    struct stat found {};
    if (::stat(options_.path.c_str(), &found) != 0) return std::nullopt;
    return identity{found.st_dev, found.st_ino};
}

connection& link::get() {
    const std::optional<identity> there = look();
    if (open_ && there == opened_) return *open_;
    if (opened_ && !there) {
        throw store_unavailable("the store " + options_.path + " has disappeared; put it back, or restart to begin a " +
                                "new one");
    }
    open_.reset();
    open_.emplace(options_);
    opened_ = look();
    return *open_;
}

}  // namespace ferry::store::sqlite
