/* Waves of the photosensitive Oregonator on a ring (Krug, Pohlmann & Kuhnert, J. Phys. Chem. 94 (1990) 4862):
   a solver of its own whose expensive function of one row goes through Bimetal. wave [cells] [steps] [restart file]
 */
#include <bimetal/bimetal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double dx = 0.3, dt = 0.03, D_u = 1.0, D_v = 0.6, eps = 0.04, f = 1.4, q = 0.002,
                    pi = 3.14159265358979324;

static double rate_u(double u, double v, double phi) { return (u - u * u - (f * v + phi) * (u - q) / (u + q)) / eps; }

/* The expensive function: u and v after dt, by 1000 steps of RK4. in: [n, 3] u, v, phi; out: [n, 2] u, v. */
static int react(void* context, int64_t n, const double* in, double* out, int32_t* failed) {
  const double h = dt / 1000;
  (void)context, (void)failed;
  for (int64_t row = 0; row < n; ++row) {
    double u = in[3 * row], v = in[3 * row + 1], phi = in[3 * row + 2];
    for (int i = 0; i < 1000; ++i) {
      const double a = rate_u(u, v, phi), a_v = u - v, b_u = u + h / 2 * a, b_v = v + h / 2 * a_v;
      const double b = rate_u(b_u, b_v, phi), c_u = u + h / 2 * b, c_v = v + h / 2 * (b_u - b_v);
      const double c = rate_u(c_u, c_v, phi), d_u = u + h * c, d_v = v + h * (c_u - c_v);
      u += h / 6 * (a + 2 * b + 2 * c + rate_u(d_u, d_v, phi));
      v += h / 6 * (a_v + 2 * (b_u - b_v) + 2 * (c_u - c_v) + (d_u - d_v));
    }
    out[2 * row] = u, out[2 * row + 1] = v;
  }
  return 0;
}

static void check(bimetal_status status) {
  if (status == BIMETAL_OK) return;
  fprintf(stderr, "wave: %s\n", bimetal_last_error());
  MPI_Abort(MPI_COMM_WORLD, status);
}

static void fill_halo(double* field, int n, int left, int right) {
  MPI_Sendrecv(&field[n], 1, MPI_DOUBLE, right, 0, &field[0], 1, MPI_DOUBLE, left, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  MPI_Sendrecv(&field[1], 1, MPI_DOUBLE, left, 1, &field[n + 1], 1, MPI_DOUBLE, right, 1, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
}

/* Reads or writes what the solver keeps itself, a file for every rank. */
static void keep_fields(const char* file, int rank, const char* mode, int* step, double* u, double* v, int n) {
  char name[1024];
  snprintf(name, sizeof name, "%s.%d", file, rank);
  FILE* own = fopen(name, mode);
  const int reads = mode[0] == 'r';
  const size_t size = (size_t)n + 2;
  int ok = own != NULL;
  ok = ok && (reads ? fread(step, sizeof *step, 1, own) : fwrite(step, sizeof *step, 1, own)) == 1;
  ok = ok && (reads ? fread(u, sizeof *u, size, own) : fwrite(u, sizeof *u, size, own)) == size;
  ok = ok && (reads ? fread(v, sizeof *v, size, own) : fwrite(v, sizeof *v, size, own)) == size;
  if (own) fclose(own);
  if (!ok) MPI_Abort(MPI_COMM_WORLD, 1);
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int n_cells = argc > 1 ? atoi(argv[1]) : 1000, n_steps = argc > 2 ? atoi(argv[2]) : 600;
  const char* file = argc > 3 ? argv[3] : NULL;
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int first = n_cells * rank / size, n = n_cells * (rank + 1) / size - first;
  const int left = (rank + size - 1) % size, right = (rank + 1) % size;
  double* u = malloc((size_t)(n + 2) * sizeof *u); /* with a cell of halo on both sides */
  double* v = malloc((size_t)(n + 2) * sizeof *v);
  double* rows = malloc((size_t)(3 * n) * sizeof *rows); /* [n, 3] */
  double* answers = malloc((size_t)(2 * n) * sizeof *answers);
  for (int i = 0; i < n; ++i) {
    u[i + 1] = 20 * (first + i) < n_cells ? 0.8 : 0.05;
    v[i + 1] = 0.05;
    rows[3 * i + 2] = 0.005 * (1 + cos(2 * pi * (first + i) / n_cells));
  }

  bimetal_hybrid* hybrid;
  check(bimetal_create("oregonator", &hybrid));
  check(bimetal_add_input(hybrid, "u", "1", 1.0, "positive"));
  check(bimetal_add_input(hybrid, "v", "1", 0.3, "plain"));
  check(bimetal_add_input(hybrid, "phi", "1", 0.01, "plain"));
  check(bimetal_add_output(hybrid, "u", "1", 1.0, "u"));
  check(bimetal_add_output(hybrid, "v", "1", 0.3, "v"));
  check(bimetal_bound_output(hybrid, "u", 0.0, 1.0));
  check(bimetal_bound_output(hybrid, "v", 0.0, 1.0));
  check(bimetal_set_fingerprint(hybrid, "eps 0.04, f 1.4, q 0.002, dt 0.03"));
  check(bimetal_set_reference(hybrid, react, NULL, 1));
  check(bimetal_set_option(hybrid, "switching.tolerance", "1e-3"));
  check(bimetal_set_option(hybrid, "switching.cost_veto", "false")); /* learns at once, whatever that costs */
  check(bimetal_start(hybrid, MPI_COMM_WORLD));

  int begin = 0;
  FILE* there = file ? fopen(file, "r") : NULL;
  if (there) {
    fclose(there);
    check(bimetal_restore(hybrid, file));
    keep_fields(file, rank, "rb", &begin, u, v, n);
  }
  int end = begin + n_steps;
  for (int step = begin; step < end; ++step) {
    fill_halo(u, n, left, right);
    fill_halo(v, n, left, right);
    for (int i = 1; i <= n; ++i) {
      rows[3 * i - 3] = u[i] + dt * D_u / (dx * dx) * (u[i - 1] - 2 * u[i] + u[i + 1]);
      rows[3 * i - 2] = v[i] + dt * D_v / (dx * dx) * (v[i - 1] - 2 * v[i] + v[i + 1]);
    }
    check(bimetal_solve(hybrid, step, n, NULL, rows, answers, NULL));
    for (int i = 1; i <= n; ++i) u[i] = answers[2 * i - 2], v[i] = answers[2 * i - 1];
  }
  if (file) {
    check(bimetal_save(hybrid, file));
    keep_fields(file, rank, "wb", &end, u, v, n);
  }

  check(bimetal_print_summary(hybrid));
  double bound, speedup;
  check(bimetal_report(hybrid, NULL));
  check(bimetal_report_number(hybrid, "certificate.upper_bound", &bound));
  check(bimetal_report_number(hybrid, "speed.net_speedup", &speedup));
  if (rank == 0) printf("certificate: at most %.2f %% wrong\nnet speed-up: %.2f\n", 100 * bound, speedup);
  bimetal_destroy(&hybrid);
  free(u), free(v), free(rows), free(answers);
  MPI_Finalize();
  return 0;
}
