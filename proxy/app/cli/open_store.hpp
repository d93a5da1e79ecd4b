// How commands come to the store.
#pragma once

#include <memory>

#include "app/cli/context.hpp"
#include "store/database.hpp"

namespace ferry::app {

// The configured store, whatever its schema. Waits longer for another writer than `serve` does: nobody else waits.
std::unique_ptr<store::database> configured_store(const settings& chosen);

// The configured store with its schema up to date. Never makes one: prints what to do and throws exit_with{2} where
// there is none, as for a bad configuration. Throws store::store_error if the store cannot be used.
std::unique_ptr<store::database> ready_store(const cli_context& context);
// The same for who has read the configuration already.
std::unique_ptr<store::database> ready_store(const cli_context& context, const settings& chosen);

// Prints "error: TEXT" on stderr and throws exit_with{2}: the command line asks for something that cannot be.
[[noreturn]] void refuse_usage(const std::string& text);

}  // namespace ferry::app
