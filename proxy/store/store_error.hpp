// What the store throws: on store threads and at start-up only, never on a thread that serves requests.
// The text says what happened, where, and what to do next; it holds no secret.
#pragma once

#include <stdexcept>
#include <string>

namespace ferry::store {

// The store was asked for something it cannot do: a bad url, a refused migration, SQL that does not parse.
class store_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The store cannot be used now (locked, away, disk full, tables missing): the same call may succeed later.
class store_unavailable : public store_error {
public:
    using store_error::store_error;
};

// The data itself was refused (a constraint, a type, a length): the same call will be refused again. Nothing of the
// call was stored. A caller with many rows finds the guilty one by bisection.
class row_refused : public store_error {
public:
    using store_error::store_error;
};

}  // namespace ferry::store
