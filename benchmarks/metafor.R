# One timed task in metafor. Usage: Rscript metafor.R <task> <data.json> <result.json>
# Writes the seconds of the task itself (not of starting R), how many repetitions it was, and results to compare.
suppressMessages({library(metafor); library(jsonlite)})

arguments <- commandArgs(trailingOnly = TRUE)
data <- fromJSON(arguments[2])

fits <- function() {
  failed <- 0
  estimate <- ci <- tau2 <- rep(NA_real_, nrow(data$y))
  for (i in seq_len(nrow(data$y))) {
    fit <- tryCatch(rma(data$y[i, ], data$v[i, ], method = "REML", test = "knha"), error = function(e) NULL)
    if (is.null(fit)) failed <- failed + 1
    else { estimate[i] <- fit$b[1]; ci[i] <- fit$ci.ub; tau2[i] <- fit$tau2 }
  }
  list(count = nrow(data$y), failed = failed, values = list(estimate = estimate, ci_high = ci, tau2 = tau2))
}

subsets <- function(which) {
  fit <- rma(data$y, data$v, method = "REML")
  found <- suppressWarnings(gosh(fit, subsets = which, progbar = FALSE))
  list(count = nrow(found$res), failed = sum(is.na(found$res$estimate)),
       values = list(mean = mean(found$res$estimate, na.rm = TRUE)))
}

permutations <- function() {
  fit <- rma(data$y, data$v, mods = ~ data$x, method = "REML", test = "knha")
  set.seed(1)
  found <- permutest(fit, iter = data$draws, progbar = FALSE)
  list(count = data$draws, failed = 0, values = list(p = found$pval[2]))
}

omissions <- function() {
  fit <- rma(data$y, data$v, method = "REML")
  found <- leave1out(fit)
  list(count = length(found$estimate), failed = sum(is.na(found$estimate)), values = list(estimate = found$estimate))
}

one <- function() {
  fit <- rma(data$y, data$v, method = "REML")
  list(count = 1, failed = 0, values = list(estimate = fit$b[1], tau2 = fit$tau2))
}

task <- switch(arguments[1], fits = fits, gosh = function() subsets(data$which), permutations = permutations,
               omissions = omissions, one = one)
seconds <- system.time(result <- task())[["elapsed"]]
result$seconds <- seconds
result$version <- as.character(packageVersion("metafor"))
write_json(result, arguments[3], digits = NA, auto_unbox = TRUE, na = "null")
