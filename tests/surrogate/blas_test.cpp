#include "surrogate/blas.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace bimetal {
namespace {

/// Lets OpenBLAS choose its kernels again, as for a processor that it does not know. False: it is another BLAS.
bool falls_back() {
  const auto forget = reinterpret_cast<void (*)()>(dlsym(RTLD_DEFAULT, "gotoblas_dynamic_quit"));
  const auto choose = reinterpret_cast<void (*)()>(dlsym(RTLD_DEFAULT, "gotoblas_dynamic_init"));
  if (!forget || !choose) return false;
  setenv("OPENBLAS_CORETYPE", "Prescott", 1);
  forget();
  choose();
  unsetenv("OPENBLAS_CORETYPE");
  return true;
}

TEST(Blas, uses_vector_instructions_of_a_processor_it_does_not_know) {
  if (!falls_back()) GTEST_SKIP() << "not an OpenBLAS that can be asked to choose again";
  ASSERT_EQ(surrogate::blas_core(), "Prescott");
  surrogate::use_vector_kernels();
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    EXPECT_EQ(surrogate::blas_core(), "Haswell");
  }
#endif
  EXPECT_EQ(std::getenv("OPENBLAS_CORETYPE"), nullptr);

  const int n = 67;
  std::vector<float> a(n * n), b(n * n), product(n * n);
  for (int i = 0; i < n * n; ++i) {
    a[static_cast<std::size_t>(i)] = static_cast<float>(i % 7 - 3);
    b[static_cast<std::size_t>(i)] = static_cast<float>(i % 5 - 2);
  }
  const auto sgemm = reinterpret_cast<void (*)(const char*, const char*, const int*, const int*, const int*,
                                               const float*, const float*, const int*, const float*, const int*,
                                               const float*, float*, const int*)>(dlsym(RTLD_DEFAULT, "sgemm_"));
  ASSERT_NE(sgemm, nullptr);
  const float one = 1.0F, zero = 0.0F;
  sgemm("N", "N", &n, &n, &n, &one, a.data(), &n, b.data(), &n, &zero, product.data(), &n);
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      float sum = 0.0F;
      for (int k = 0; k < n; ++k)
        sum += a[static_cast<std::size_t>(i + n * k)] * b[static_cast<std::size_t>(k + n * j)];
      ASSERT_EQ(product[static_cast<std::size_t>(i + n * j)], sum) << i << ", " << j;
    }
}

TEST(Blas, leaves_the_choice_to_who_has_made_it) {
  if (!falls_back()) GTEST_SKIP() << "not an OpenBLAS that can be asked to choose again";
  setenv("OPENBLAS_CORETYPE", "Prescott", 1);
  surrogate::use_vector_kernels();
  EXPECT_EQ(surrogate::blas_core(), "Prescott");
  unsetenv("OPENBLAS_CORETYPE");
  surrogate::use_vector_kernels();
}

}  // namespace
}  // namespace bimetal
