#include "surrogate/blas.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace bimetal::surrogate {
namespace {

constexpr auto variable = "OPENBLAS_CORETYPE";
constexpr std::string_view kernels_of_2004 = "Prescott";

/// A function of the BLAS; null if it has none of that name. Which BLAS there is shows only at run time.
template <class Function>
Function* function_of_blas(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// Not those for AVX-512, which are a sixth faster in training: they treat small batches in another way than large
/// ones, so that a row's last digits, and with them what happens to a row on the edge of a gate, would depend on how
/// many rows a rank has.
constexpr auto vector_kernels = "Haswell";

bool can_run_them() {
#ifdef __x86_64__
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

}  // namespace

std::string blas_library() {
  Dl_info found{};
  const void* product = dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || dladdr(product, &found) == 0 || found.dli_fname == nullptr) return "unknown";
  std::error_code failed;
  const auto file = std::filesystem::canonical(found.dli_fname, failed);  // behind the links of alternatives
  return failed ? found.dli_fname : file.string();
}

std::string blas_core() {
  const auto name = function_of_blas<char*()>("openblas_get_corename");
  return name ? name() : "unknown";
}

void use_vector_kernels() {
  const auto forget = function_of_blas<void()>("gotoblas_dynamic_quit");
  const auto choose = function_of_blas<void()>("gotoblas_dynamic_init");
  if (!forget || !choose || !can_run_them() || std::getenv(variable) || blas_core() != kernels_of_2004) return;
  setenv(variable, vector_kernels, 1);
  forget();
  choose();
  unsetenv(variable);
}

void use_blas_threads(int n) {
  if (const auto set_threads = function_of_blas<void(int)>("openblas_set_num_threads")) set_threads(n);
}

}  // namespace bimetal::surrogate
