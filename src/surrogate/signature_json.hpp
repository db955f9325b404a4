#pragma once

#include <nlohmann/json.hpp>

#include "core/signature.hpp"
#include "surrogate/metadata_reader.hpp"

namespace bimetal::surrogate {

/// A signature as it stands in model files and data sets (docs/models.md): `kind` to `predicted`. Local.
nlohmann::ordered_json signature_to_json(const core::Signature& signature);

/// What an answer differs from, which input is which condition, and the strata: as the file says; or, in files from
/// before they did, as it was for all: output k continues input k, conditions are called "p" and "dt", and rows are
/// told apart by temperature.
enum class Bases { stated, implied };

/// The way back. UserError for what is missing or does not fit together. Local.
core::Signature signature_from_json(const MetadataReader& metadata, Bases bases);

/// Refuses a signature of a model or a data set that is not the one a run has: the kind, the columns by name, order
/// and unit, the bases, the step, the fingerprint. One sentence that names the first difference, as a UserError;
/// `source` is the file. Scales may differ. Local.
void require_same_problem(const core::Signature& of_file, const core::Signature& of_run, const std::string& source);

}  // namespace bimetal::surrogate
