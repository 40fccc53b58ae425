// The commands of this step: those that move, and those that only look.
#pragma once

#include "promote-alias/session.hpp"
#include "promote-alias/step.hpp"

namespace promote_alias {

// --to and --rollback. With --plan or --dry-run nothing is changed.
cli::Answer move(const Config& config, Session& session, cli::Context& context);
cli::Answer show_status(const Config& config, Session& session, cli::Context& context);
cli::Answer show_history(const Config& config, Session& session, cli::Context& context);
// No when the chain is broken, or when the registry says otherwise than the ledger.
cli::Answer verify_ledger(Session& session, cli::Context& context);

}  // namespace promote_alias
