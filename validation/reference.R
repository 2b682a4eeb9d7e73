# Reference results for further data sets, computed with metafor, in the format that tests/parity reads.
#
#   Rscript validation/reference.R FOLDER [SEED [DATA SET ...]]
#   python -m pytest tests/parity --reference FOLDER
#
# Needs R with metafor, metadat, jsonlite, lme4 and clubSandwich. The data sets are other ones than those in
# tests/parity/reference, and random ones (drawn from SEED) with missing cells, groups in mixed case, effects on several
# sizes and moderators that are badly scaled. Every kind of analysis in tests/parity/reference occurs.

suppressPackageStartupMessages({library(metafor); library(metadat); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
seed <- as.integer(commandArgs(trailingOnly = TRUE)[2]); if (is.na(seed)) seed <- 20261127L
only <- commandArgs(trailingOnly = TRUE)[-(1:2)]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
options(warn = -1); pdf(NULL)
tight <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13, stepadj = 0.5)

# All 17 digits: a value that is rounded may tie with another.
exact <- function(x) structure(sprintf("%.17g", x), class = "json")
plain <- function(x) {
  if (inherits(x, "AsIs") && is.numeric(x)) return(I(lapply(unclass(unname(c(x))), plain)))
  if (is.list(x)) return(lapply(x, plain))
  if (is.numeric(x)) {
    if (length(x) == 0) return(list())
    x <- unname(c(x))
    if (length(x) == 1) return(if (is.nan(x) || is.na(x)) NA else if (is.infinite(x)) (if (x > 0) "Infinity" else "-Infinity") else exact(x))
    return(I(lapply(x, plain)))
  }
  x
}
column <- function(x) I(lapply(if (is.factor(x)) as.character(x) else unname(x), function(v) if (is.na(v)) NA else if (is.numeric(v)) exact(v) else v))

collect <- new.env()
add <- function(kind, tolerance, call, compute) {
  said <- character(0)
  setTimeLimit(elapsed = 30, transient = TRUE); on.exit(setTimeLimit())
  result <- tryCatch(withCallingHandlers(compute(), warning = function(w) { said <<- c(said, conditionMessage(w)); invokeRestart("muffleWarning") }),
                     error = function(e) e)
  entry <- list(id = sprintf("A%04d", length(collect$analyses) + 1L), kind = kind, tolerance = tolerance, call = plain(call))
  if (inherits(result, "error")) {
    entry["result"] <- list(NULL); entry$error <- conditionMessage(result)
  } else entry$result <- plain(result)
  if (length(said)) entry$warnings <- I(said)
  collect$analyses[[length(collect$analyses) + 1L]] <- entry
}

# A general optimiser that says it did not end is asked again, and then another one.
multivariate <- function(...) {
  for (control in list(list(optimizer = "nlminb", rel.tol = 1e-12, iter.max = 1000, eval.max = 2000), list(optimizer = "nlminb", rel.tol = 1e-10, iter.max = 1000, eval.max = 2000), list(optimizer = "BFGS", reltol = 1e-15, maxit = 10000))) {
    m <- tryCatch(rma.mv(..., control = control), error = function(e) e)
    if (!inherits(m, "error")) return(m)
  }
  stop(m)
}
fit_of <- function(m, method, test) {
  r <- list(k = m$k, p = m$p, estimate = c(m$beta), se = m$se, stat = m$zval, stat_dist = if (is.na(m$ddf[1])) "z" else "t",
            pval = m$pval, ci_lb = m$ci.lb, ci_ub = m$ci.ub, tau2 = m$tau2, tau = sqrt(m$tau2),
            se_tau2 = if (is.null(m$se.tau2) || method == "EE") NA else m$se.tau2, I2 = m$I2, H2 = m$H2, QE = m$QE, QE_df = m$k - m$p, QE_p = m$QEp)
  if (!is.na(m$ddf[1])) r$df <- m$ddf[1]
  r
}
fits <- function(m) lapply(list(ml = "ML", reml = "REML"), function(w) {
  f <- m$fit.stats[[w]]; list(ll = f[1], deviance = f[2], AIC = f[3], BIC = f[4], AICc = f[5])
})
rma_ <- function(e, method, test, mods = NULL, data = NULL, level = 95, ...) {
  a <- list(yi = e$yi, vi = e$vi, method = method, test = test, level = level, control = tight, ...)
  if (!is.null(mods)) { a$mods <- mods; a$data <- data }
  do.call(rma.uni, a)
}
with_prediction <- function(m, r, method) {
  if (method != "EE") {
    p <- predict(m)
    r$pi_lb <- p$pi.lb; r$pi_ub <- p$pi.ub
    if (m$k >= 3) { half <- qt(.975, m$k - 2) * sqrt(m$tau2 + m$se^2); r$pi_lb_hts <- m$beta[1] - half; r$pi_ub_hts <- m$beta[1] + half; r$pi_hts_df <- m$k - 2 }
  }
  r$fit <- fits(m); r
}

univariate <- function(e, name, order) {
  base <- list(effects = name)
  for (method in c("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM")) for (test in c("z", "t", "knha", "adhoc")) {
    if (method == "EE" && test %in% c("knha", "adhoc")) next
    call <- c(list("function" = "rma.uni"), base, list(method = method, test = test, level = 95))
    add("rma.uni", "iterative", call, function() { m <- rma_(e, method, test); with_prediction(m, fit_of(m, method, test), method) })
  }
  add("rma.uni", "closed", c(list("function" = "rma.uni"), base, list(method = "DL", test = "z", level = 90)), function() {
    m <- rma_(e, "DL", "z", level = 90); r <- with_prediction(m, fit_of(m, "DL", "z"), "DL"); r$pi_lb_hts <- r$pi_ub_hts <- r$pi_hts_df <- NULL; r })
  for (tau2 in c(0, 0.05)) add("rma.uni_fixed_tau2", "closed", c(list("function" = "rma.uni"), base, list(method = "REML", test = "z", level = 95, tau2 = tau2)), function() {
    m <- rma_(e, "REML", "z", tau2 = tau2); r <- with_prediction(m, fit_of(m, "REML", "z"), "REML"); r[c("fit", "pi_lb_hts", "pi_ub_hts", "pi_hts_df")] <- NULL; r })
  for (method in c("DL", "REML")) add("tau2_ci", "iterative", c(list("function" = "confint"), base, list(method = method, type = "QP", level = 95)), function() {
    ci <- confint(rma_(e, method, "z"), control = list(tol = 1e-13, maxiter = 10000, tau2.max = 1e6)); x <- ci$random
    named <- function(i) list(estimate = x[i, 1], ci_lb = x[i, 2], ci_ub = x[i, 3])
    list(tau2 = named(1), tau = named(2), I2 = named(3), H2 = named(4), lb_sign = "", ub_sign = ci$ub.sign, interval_is_null = isTRUE(ci$ci.null)) })
  for (method in c("EE", "DL", "REML")) {
    m <- tryCatch(rma_(e, method, "z"), error = function(x) NULL); if (is.null(m)) next
    add("weights", "iterative", c(list("function" = "weights"), base, list(method = method, unit = "percent")), function() list(weights = weights(m)))
    if (method != "DL") {
      add("baujat", "iterative", c(list("function" = "baujat"), base, list(method = method)), function() { b <- baujat(m, grid = FALSE); list(x = b$x, y = b$y, meaning = "") })
      add("radial", "iterative", c(list("function" = "radial"), base, list(method = method, center = FALSE)), function() { v <- m$vi + m$tau2; list(x = 1 / sqrt(v), z = c(m$yi) / sqrt(v), meaning = "") })
      add("residuals", "iterative", c(list("function" = "residuals"), base, list(method = method)), function() {
        a <- rstandard(m); b <- rstudent(m)
        list(raw = c(residuals(m)), pearson = c(residuals(m, type = "pearson")), rstandard = list(resid = a$resid, se = a$se, z = a$z), rstudent = list(resid = b$resid, se = b$se, z = b$z)) })
    }
    if (method != "EE") {
      add("blup", "iterative", c(list("function" = "blup"), base, list(method = method, test = "z", level = 95)), function() { b <- blup(m); list(pred = b$pred, se = b$se, pi_lb = b$pi.lb, pi_ub = b$pi.ub) })
      add("ranef", "iterative", c(list("function" = "ranef"), base, list(method = method, test = "z", level = 95)), function() { b <- ranef(m); list(pred = b$pred, se = b$se, pi_lb = b$pi.lb, pi_ub = b$pi.ub) })
    }
    add("influence", "iterative", c(list("function" = "influence"), base, list(method = method, test = "z")), function() {
      i <- influence(m); s <- i$inf
      list(rstudent = s$rstudent, dffits = s$dffits, cook_d = s$cook.d, cov_r = s$cov.r, tau2_del = s$tau2.del, QE_del = s$QE.del, hat = s$hat, weight = s$weight, dfbs = list(), influential = I(unname(i$is.infl))) })
    for (test in if (method == "EE") "z" else c("z", "knha")) {
      mt <- rma_(e, method, test)
      add("leave1out", "iterative", c(list("function" = "leave1out"), base, list(method = method, test = test, level = 95)), function() {
        l <- leave1out(mt); list(estimate = l$estimate, se = l$se, stat = l$zval %||% l$tval, pval = l$pval, ci_lb = l$ci.lb, ci_ub = l$ci.ub, Q = l$Q, Q_p = l$Qp, tau2 = if (method == "EE") NULL else l$tau2, I2 = l$I2, H2 = l$H2) })
      add("cumul", "iterative", c(list("function" = "cumul"), base, list(method = method, test = test, level = 95, order_by = "year", order_values = I(order))), function() {
        o <- base::order(order); l <- do.call(cumul, list(mt, order = order))
        list(order = I(o), estimate = l$estimate, se = l$se, stat = l$zval %||% l$tval, pval = l$pval, ci_lb = l$ci.lb, ci_ub = l$ci.ub, Q = l$Q, Q_p = l$Qp, tau2 = if (method == "EE") NULL else l$tau2, I2 = l$I2, H2 = l$H2) })
    }
    # The reference refits with its default tolerance, so only closed forms say anything.
    if (method != "REML") for (estimator in c("L0", "R0")) for (side in c("auto", "left", "right")) add("trimfill", "iterative", c(list("function" = "trimfill"), base, list(method = method, test = "z", estimator = estimator, side = side)), function() {
      t <- if (side == "auto") trimfill(m, estimator = estimator) else trimfill(m, estimator = estimator, side = side)
      list(side = t$side, k0 = t$k0, se_k0 = t$se.k0, p_k0 = if (estimator == "R0") t$p.k0 else NA, filled_yi = I(c(t$yi[t$fill])), filled_vi = I(c(t$vi[t$fill])), k = t$k, estimate = c(t$beta), se = t$se,
           stat = t$zval, pval = t$pval, ci_lb = t$ci.lb, ci_ub = t$ci.ub, tau2 = t$tau2, I2 = t$I2, H2 = t$H2, QE = t$QE, QE_p = t$QEp) })
    for (predictor in c("sei", "vi")) for (test in if (method == "EE") "z" else c("z", "knha")) add("regtest", "iterative", c(list("function" = "regtest"), base, list(model = "rma", predictor = predictor, method = method, test = test)), function() {
      x <- if (predictor == "sei") sqrt(e$vi) else e$vi
      t <- rma_(e, method, test, ~ x, data.frame(x = x))
      if (t$p < 2) stop("no slope")
      list(predictor = predictor, stat = t$zval[2], stat_dist = "", df = NA, pval = t$pval[2], coef_estimate = c(t$beta), limit_estimate = t$beta[1], limit_ci_lb = t$ci.lb[1], limit_ci_ub = t$ci.ub[1]) })
  }
  for (predictor in c("sei", "vi")) add("regtest", "closed", c(list("function" = "regtest"), base, list(model = "lm", predictor = predictor)), function() {
    t <- regtest(x = e$yi, vi = e$vi, model = "lm", predictor = predictor); t$est <- t$est %||% NA
    list(predictor = predictor, stat = t$zval, stat_dist = "t", df = length(e$yi) - 2, pval = t$pval, coef_estimate = unname(if (is.matrix(coef(t$fit))) coef(t$fit)[, 1] else coef(t$fit)), limit_estimate = t$est, limit_ci_lb = t$ci.lb, limit_ci_ub = t$ci.ub) })
  add("ranktest", "closed", c(list("function" = "ranktest"), base), function() { t <- ranktest(x = e$yi, vi = e$vi); list(tau = t$tau, pval = t$pval, p_is_exact = FALSE) })
  add("fsn", "closed", c(list("function" = "fsn"), base, list(type = "Rosenthal", alpha = 0.05, one_sided = TRUE)), function() { f <- fsn(e$yi, e$vi); list(fsn = f$fsnum, alpha = .05, pval = f$pval, mean_effect = NA, target = NA) })
  add("fsn", "closed", c(list("function" = "fsn"), base, list(type = "Rosenberg", alpha = 0.05, one_sided = FALSE)), function() { f <- fsn(e$yi, e$vi, type = "Rosenberg"); list(fsn = f$fsnum, alpha = .05, pval = f$pval, mean_effect = f$meanes, target = NA) })
  for (test in c("chi2", "binom")) add("tes", "iterative", c(list("function" = "tes"), base, list(method = "EE", test = test, alternative = "two.sided", alpha = 0.05, tes_alternative = "greater", tes_alpha = 0.1)), function() {
    t <- tes(e$yi, e$vi, method = "EE", test = test, tes.alternative = "greater")
    list(k = t$k, O = t$O, E = t$E, OE_ratio = t$OEratio, X2 = t$X2, pval = t$pval, theta = t$theta, tau2 = NA, power = c(t$power), significant = I(as.logical(t$sig)), theta_lim_approx = I(list(if (length(t$theta.lim)) t$theta.lim[1] else NA))) })
}
`%||%` <- function(a, b) if (is.null(a)) b else a

regressions <- function(e, name, data, formulas, newdata = list()) {
  for (text in formulas) for (method in c("EE", "DL", "REML", "ML", "HE", "SJ", "PM")) for (test in if (method == "EE") c("z", "t") else c("z", "knha")) {
    call <- list("function" = "rma.uni", effects = name, mods = text, method = method, test = test, level = 95)
    add("meta_regression", "iterative", call, function() {
      m <- rma_(e, method, test, as.formula(text), data); r <- fit_of(m, method, test)
      c(list(k = m$k, p = m$p, coef = I(rownames(m$beta))), r[-(1:2)], list(R2 = m$R2 %||% NA, QM = m$QM, QM_dist = "", QM_df = I(as.list(if (is.na(m$QMdf[2])) m$QMdf[1] else m$QMdf)), QM_p = m$QMp, QM_coefs = I(m$btt), vcov = I(lapply(seq_len(m$p), function(i) I(unname(m$vb[i, ])))), fit = fits(m))) })
  }
}

subgroups <- function(e, name, by, values) {
  values <- as.character(values)
  groups <- sort(unique(values), method = "radix")
  for (method in c("EE", "DL", "REML")) for (test in if (method == "EE") "z" else c("z", "knha")) {
    add("subgroup", "iterative", list("function" = "subgroup", effects = name, by = by, method = method, test = test, tau2 = if (method == "EE") "none" else "separate", groups = I(groups)), function() {
      each <- lapply(groups, function(g) { s <- values == g; m <- rma.uni(e$yi[s], e$vi[s], method = method, test = test, control = tight)
        list(k = m$k, estimate = c(m$beta), se = m$se, stat = m$zval, pval = m$pval, ci_lb = m$ci.lb, ci_ub = m$ci.ub, tau2 = m$tau2, I2 = m$I2, QE = m$QE, QE_p = m$QEp) })
      names(each) <- groups
      b <- rma.uni(sapply(each, `[[`, "estimate"), sei = sapply(each, `[[`, "se"), method = "EE")
      list(groups = each, between_stat = b$QE, between_dist = "chisq", between_df = b$k - 1, between_p = b$QEp, note = "") })
  }
}

tables <- function(data, columns, measures = c("OR", "RR", "RD")) {
  raw <- lapply(columns, function(n) data[[n]])
  for (measure in measures) for (correct in c(TRUE, FALSE)) {
    call <- list("function" = "rma.mh", measure = measure, columns = as.list(columns), level = 95); if (!correct) call$correct <- FALSE
    add("rma.mh", "closed", call, function() {
      m <- do.call(rma.mh, c(list(measure = measure, correct = correct), raw))
      list(k = m$k, estimate = c(m$beta), se = m$se, stat = m$zval, pval = m$pval, ci_lb = m$ci.lb, ci_ub = m$ci.ub, QE = m$QE, QE_df = m$k.yi - 1, QE_p = m$QEp, I2 = m$I2, H2 = m$H2, MH = m$MH, MH_p = m$MHp, BD = m$BD %||% NA, BD_p = m$BDp %||% NA, TA = m$TA, TA_p = m$TAp, CO = m$CO, CO_p = m$COp, k_yi = m$k.yi, k_pos = m$k.pos %||% NA,
           settings = list(add = I(c(.5, 0)), to = I(c("only0", "none")), drop00 = I(c(TRUE, FALSE)), correct = correct)) })
  }
  if ("OR" %in% measures) add("rma.peto", "closed", list("function" = "rma.peto", measure = "PETO", columns = as.list(columns), level = 95), function() {
    m <- do.call(rma.peto, raw)
    list(k = m$k, estimate = c(m$beta), se = m$se, stat = m$zval, pval = m$pval, ci_lb = m$ci.lb, ci_ub = m$ci.ub, QE = m$QE, QE_df = m$k.yi - 1, QE_p = m$QEp, I2 = m$I2, H2 = m$H2, k_yi = m$k.yi, k_pos = m$k.pos,
         settings = list(add = I(c(.5, 0)), to = I(c("only0", "none")), drop00 = I(c(TRUE, FALSE)))) })
}

glmms <- function(data, columns, measure) {
  raw <- lapply(columns, function(n) data[[n]])
  single <- measure %in% c("PLO", "IRLN")
  for (model in if (single) "UM.FS" else if (measure == "OR") c("UM.FS", "UM.RS", "CM.AL", "CM.EL") else c("UM.FS", "UM.RS", "CM.EL")) for (method in c("ML", "EE")) {
    if (model == "CM.EL" && measure == "OR" && sum(raw[[1]], na.rm = TRUE) > 4000) next
    nAGQ <- if (model == "UM.RS") 1 else 7
    add("rma.glmm", "optimizer", list("function" = "rma.glmm", measure = measure, columns = as.list(columns), model = model, method = method, nAGQ = nAGQ, level = 95), function() {
      m <- do.call(rma.glmm, c(list(measure = measure, model = model, method = method, nAGQ = nAGQ), raw))
      list(k = m$k, estimate = c(m$beta), se = m$se, stat = m$zval, pval = m$pval, ci_lb = m$ci.lb, ci_ub = m$ci.ub, tau2 = m$tau2, sigma2 = m$sigma2, I2 = m$I2, H2 = m$H2, QE_Wald = m$QE.Wld, QE_Wald_p = m$QEp.Wld, QE_LRT = m$QE.LRT, QE_LRT_p = m$QEp.LRT, QE_df = m$QE.df, ll = m$fit.stats["ll", "ML"], AIC = m$fit.stats["AIC", "ML"]) })
  }
}

clusters <- function(e, name, data, random, cluster, formulas = list(NULL)) {
  for (text in formulas) for (method in c("REML", "ML")) {
    call <- list("function" = "rma.mv", effects = name, random = random, V = "diagonal matrix of vi", method = method, test = "z", level = 95)
    if (!is.null(text)) call$mods <- text
    fit <- function() { a <- list(yi = e$yi, V = e$vi, random = as.formula(random), method = method, data = data)
      if (!is.null(text)) a$mods <- as.formula(text); do.call(multivariate, a) }
    add("rma.mv", "optimizer", call, function() {
      m <- fit(); r <- list(k = m$k, p = m$p, coef = I(rownames(m$beta)), estimate = I(c(m$beta)), se = I(m$se), stat = I(m$zval), stat_dist = "z", pval = I(m$pval), ci_lb = I(m$ci.lb), ci_ub = I(m$ci.ub), vcov = I(lapply(seq_len(m$p), function(i) I(unname(m$vb[i, ])))),
        sigma2 = I(m$sigma2), sigma2_levels = I(m$s.names), QE = m$QE, QE_df = m$k - m$p, QE_p = m$QEp, ll = m$fit.stats["ll", method], AIC = m$fit.stats["AIC", method], BIC = m$fit.stats["BIC", method], optimizer_agreement = 1e-6)
      if (m$p > 1) r <- c(r, list(QM = m$QM, QM_df = I(m$QMdf[1]), QM_p = m$QMp)); r })
    if (method == "REML") for (vcov in c("CR0", "CR1", "CR2")) {
      rc <- call; rc[["function"]] <- "robust"; rc$cluster <- cluster; rc$vcov <- vcov; rc$df <- if (vcov == "CR2") "Satterthwaite" else "clusters - p"
      add("robust", "optimizer", rc, function() { m <- fit()
        if (vcov == "CR2") { t <- clubSandwich::coef_test(m, vcov = "CR2", cluster = data[[cluster]]); half <- qt(.975, t$df_Satt) * t$SE
          return(list(n_clusters = length(unique(data[[cluster]][m$not.na])), estimate = I(t$beta), se = I(t$SE), stat = I(t$tstat), df = I(t$df_Satt), pval = I(t$p_Satt), ci_lb = I(t$beta - half), ci_ub = I(t$beta + half), vcov = I(lapply(seq_len(m$p), function(i) I(unname(as.matrix(clubSandwich::vcovCR(m, type = "CR2", cluster = data[[cluster]]))[i, ])))))) }
        b <- robust(m, cluster = data[[cluster]], adjust = vcov == "CR1")
        list(n_clusters = b$n, estimate = I(c(b$beta)), se = I(b$se), stat = I(b$zval), df = I(rep(b$dfs, m$p)), pval = I(b$pval), ci_lb = I(b$ci.lb), ci_ub = I(b$ci.ub), vcov = I(lapply(seq_len(m$p), function(i) I(unname(b$vb[i, ]))))) })
    }
  }
}

effects_of <- function(data, measure, columns, name = measure, escalc_too = TRUE, vtypes = "LS") {
  raw <- lapply(columns, function(n) data[[n]])
  if (any(lengths(raw) == 0)) stop("no such column")
  for (vtype in vtypes) for (to in c("only0", "all", "none", "if0all")) {
    if (to != "only0" && !measure %in% c("OR", "RR", "RD", "AS", "PLO", "PR", "PLN", "PAS", "PFT", "IRR", "IRD", "IRLN", "IR", "PETO", "IRS", "IRFT", "IRSD")) next
    call <- list("function" = "escalc", measure = measure, columns = as.list(columns), add = .5, to = to, drop00 = FALSE)
    if (length(vtypes) > 1) call$vtype <- vtype
    if (escalc_too) add("escalc", "closed", call, function() { x <- do.call(escalc, c(list(measure = measure, to = to, add = .5, drop00 = FALSE, vtype = vtype), raw)); list(yi = c(x$yi), vi = c(x$vi)) })
  }
  x <- do.call(escalc, c(list(measure = measure), raw))
  rows <- which(!is.na(x$yi) & !is.na(x$vi) & x$vi > 0)
  e <- list(measure = measure, rows = I(rows), yi = c(x$yi)[rows], vi = c(x$vi)[rows])
  total <- Reduce(`+`, raw[names(columns) %in% c("ni", "n1i", "n2i", "ti")]); if (is.null(total)) total <- rep(NA, nrow(data))
  collect$effects[[name]] <- list(measure = measure, rows = I(rows), yi = plain(e$yi), vi = plain(e$vi), ni = column(total[rows]))
  e
}
given <- function(data, name = "GEN") {
  rows <- which(!is.na(data$yi) & !is.na(data$vi)); e <- list(yi = data$yi[rows], vi = data$vi[rows], rows = rows)
  collect$effects[[name]] <- list(measure = "GEN", rows = I(rows), yi = plain(e$yi), vi = plain(e$vi)); e
}

set <- function(name, title, data, body) {
  if (length(only) && !name %in% only) return(invisible())
  collect$analyses <- list(); collect$effects <- list()
  data <- as.data.frame(lapply(data, function(x) if (is.factor(x)) as.character(x) else x))
  body(data)
  out <- list(schema = "meta-oracle/1", dataset = name, source = "metadat, or random", title = title, reference = "", software = list(metafor = as.character(packageVersion("metafor"))),
              input = list(nrow = nrow(data), columns = lapply(data, column)), effects = collect$effects, n_analyses = length(collect$analyses), analyses = collect$analyses)
  write(toJSON(out, auto_unbox = TRUE, json_verbatim = TRUE, null = "null", na = "null"), file.path(folder, paste0(name, ".json")))
  cat(name, length(collect$analyses), "\n")
}

# Kinds that need an effect set only: transformations, given weights, selection, subsets, permutations.
transformed <- function(e, name, transf, targs = NULL) for (test in c("z", "knha")) {
  call <- list("function" = "predict", effects = name, method = "REML", test = test, level = 95, transf = transf)
  if (!is.null(targs)) call$targs <- targs$said
  add("predict_transf", "iterative", call, function() {
    m <- rma_(e, "REML", test)
    p <- do.call(predict, c(list(m, transf = if (transf == "exp") exp else get(paste0("transf.", transf), envir = asNamespace("metafor"), mode = "function")), if (!is.null(targs)) list(targs = targs$value)))
    list(pred = I(p$pred), se = I(NA), ci_lb = I(p$ci.lb), ci_ub = I(p$ci.ub), pi_lb = I(p$pi.lb), pi_ub = I(p$pi.ub)) })
}
weighted <- function(e, name) {
  w <- seq_along(e$yi) %% 3 + 1 / e$vi
  for (method in c("GENQ", "REML", "EE", "DL")) add("rma.uni_weights", "iterative", list("function" = "rma.uni", effects = name, method = method, test = "z", level = 95, weights = w), function() {
    m <- rma_(e, method, "z", weights = w); r <- fit_of(m, method, "z"); r$fit <- fits(m); r })
  for (method in c("HE", "REML", "EE")) add("rma.uni_weights", "iterative", list("function" = "rma.uni", effects = name, method = method, test = "z", level = 95, weighted = FALSE), function() {
    m <- rma_(e, method, "z", weighted = FALSE); r <- fit_of(m, method, "z"); r$fit <- fits(m); r })
}
selections <- function(e, name, types = c("stepfun", "beta", "halfnorm", "negexp", "power"), alternatives = c("greater", "less"), methods = c("ML", "EE"), steps = list(c(.025, 1), c(.025, .5, 1))) {
  for (type in types) for (alternative in alternatives) for (method in methods) for (step in if (type == "stepfun") steps else list(NULL)) {
    call <- list("function" = "selmodel", effects = name, type = type, alternative = alternative, method = method); if (!is.null(step)) call$steps <- step
    add("selmodel", "optimizer", call, function() {
      m <- rma_(e, method, "z")
      # Two optimisers; the result counts where they agree.
      each <- lapply(c("BFGS", "Nelder-Mead"), function(o) { a <- list(m, type = type, alternative = alternative, control = if (o == "nlminb") list(optimizer = o, rel.tol = 1e-11, iter.max = 5000, eval.max = 5000, intCtrl = list(rel.tol = 1e-10, subdivisions = 1000)) else list(optimizer = o, reltol = 1e-13, maxit = 20000, intCtrl = list(rel.tol = 1e-10, subdivisions = 1000))); if (!is.null(step)) a$steps <- step; do.call(selmodel, a) })
      each <- each[order(-sapply(each, function(f) c(logLik(f))))]; f <- each[[1]]
      apart <- max(abs(c(each[[1]]$beta - each[[2]]$beta, each[[1]]$delta - each[[2]]$delta)))
      if (!is.finite(f$se) || f$se == 0 || apart > 1e-4) stop("optimisers disagree")
      edge <- method != "EE" && f$tau2 < 1e-6
      if (edge) stop("tau2 on the boundary")
      list(estimate = c(f$beta), se = f$se, stat = f$zval, pval = f$pval, ci_lb = f$ci.lb, ci_ub = f$ci.ub, tau2 = if (method == "EE") 0 else f$tau2, se_tau2 = if (method == "EE") NA else f$se.tau2, tau2_on_boundary = FALSE,
        delta = I(f$delta), se_delta = I(f$se.delta), pval_delta = I(f$pval.delta), ll = c(logLik(f)), ll_unselected = c(logLik(rma_(e, method, "z"), REML = FALSE)), LRT = f$LRT, LRT_df = f$LRTdf, LRT_p = f$LRTp, optimizer_agreement = apart) })
  }
}
subsets <- function(e, name) for (method in c("EE", "DL", "REML")) add("gosh", "iterative", list("function" = "gosh", effects = name, method = method, subsets = "all"), function() {
  k <- length(e$yi); counter <- as.matrix(expand.grid(rep(list(0:1), k)))[-1, , drop = FALSE]
  each <- lapply(seq_len(nrow(counter)), function(i) { s <- counter[i, ] == 1
    if (sum(s) == 1) return(c(e$yi[s], 0, 0, 1, 0))
    m <- rma.uni(e$yi[s], e$vi[s], method = method, control = tight); c(m$beta, m$QE, m$I2, m$H2, m$tau2) })
  all <- do.call(rbind, each); o <- order(rowSums(counter), seq_len(nrow(counter))); all <- all[o, ]; counter <- counter[o, ]; colnames(all) <- c("estimate", "QE", "I2", "H2", "tau2")
  probs <- c(0, .05, .25, .5, .75, .95, 1); four <- c("estimate", "QE", "I2", "tau2"); first <- seq_len(min(50, nrow(all)))
  list(n_subsets = nrow(all), order = "by size, then as a binary counter", quantile_probs = probs, quantile_type = 7, quantiles = lapply(setNames(four, four), function(n) unname(quantile(all[, n], probs))), means = lapply(setNames(four, four), function(n) mean(all[, n])),
    first = c(list(members = I(lapply(first, function(i) I(which(counter[i, ] == 1)))), k = I(unname(rowSums(counter))[first])), lapply(setNames(nm = colnames(all)), function(n) unname(all[first, n])))) })
permuted <- function(e, name, mods = NULL, data = NULL) for (test in c("z", "knha")) {
  call <- list("function" = "permutest", effects = name, method = "DL", test = test, exact = TRUE); if (!is.null(mods)) call$mods <- mods
  add("permutest", "iterative", call, function() {
    m <- rma_(e, "DL", test, if (!is.null(mods)) as.formula(mods), data); p <- permutest(m, exact = TRUE, progbar = FALSE)
    list(n_permutations = p$exact.iter, pval = I(c(p$pval)), QM_p = if (is.null(mods)) NA else p$QMp, observed_stat = I(m$zval), scheme = "") })
}
with_moderators <- function(e, name, data, text, points, tested) {
  for (method in c("DL", "REML")) for (test in c("z", "knha")) {
    add("predict", "iterative", list("function" = "predict", effects = name, mods = text, method = method, test = test, level = 95), function() {
      m <- rma_(e, method, test, as.formula(text), data); x <- unname(as.matrix(points)); p <- predict(m, newmods = x)
      list(newmods_columns = I(setdiff(rownames(m$beta), "intrcpt")), newmods = I(lapply(seq_len(nrow(x)), function(i) I(unname(x[i, ])))), pred = I(p$pred), se = I(p$se), ci_lb = I(p$ci.lb), ci_ub = I(p$ci.ub), pi_lb = I(p$pi.lb), pi_ub = I(p$pi.ub)) })
    add("anova_wald", "iterative", list("function" = "anova", effects = name, mods = text, method = method, test = test, btt = I(tested)), function() {
      a <- anova(rma_(e, method, test, as.formula(text), data), btt = tested); list(stat = a$QM, df = I(a$QMdf[!is.na(a$QMdf)]), dist = "", pval = a$QMp) })
  }
  add("anova_lrt", "iterative", list("function" = "anova", effects = name, mods_full = text, mods_reduced = "~ 1", method = "ML"), function() {
    full <- rma_(e, "ML", "z", as.formula(text), data); a <- anova(full, rma_(e, "ML", "z"))
    list(LRT = a$LRT, df = full$p - 1, pval = a$pval, ll_full = c(logLik(full)), ll_reduced = c(logLik(rma_(e, "ML", "z"))), tau2_full = full$tau2, tau2_reduced = rma_(e, "ML", "z")$tau2) })
}
components <- function(e, name, data, random) add("mv_variance_ci", "optimizer", list("function" = "confint", effects = name, random = random, V = "diagonal matrix of vi", method = "REML", test = "z", level = 95, type = "PL"), function() {
  m <- multivariate(e$yi, e$vi, random = as.formula(random), data = data); m$control <- list(rel.tol = 1e-10); ci <- confint(m, control = list(tol = 1e-10, maxiter = 10000))
  list(components = I(lapply(seq_along(m$sigma2), function(i) { r <- (if (length(m$sigma2) > 1) ci[[i]] else ci)$random; if (anyNA(r)) stop("no interval"); list(name = paste0("sigma^2.", i), estimate = r[1, 1], ci_lb = r[1, 2], ci_ub = r[1, 3], lb_sign = "", ub_sign = "") }))) })
arms <- function(e, name, data, treatment, study, reference) add("network", "optimizer", list("function" = "rma.mv", effects = name, model = "arm-based network, study fixed effects", treatment = treatment, study = study, reference = reference, random = paste("~", treatment, "|", study), struct = "CS", rho = 0.5, mods = paste("~", study, "+", treatment, "- 1"), method = "REML"), function() {
  d <- data; d$.s <- factor(d[[study]]); d$.t <- relevel(factor(d[[treatment]]), ref = reference)
  m <- multivariate(e$yi, e$vi, mods = ~ .s + .t - 1, random = ~ .t | .s, rho = 0.5, data = d)
  w <- grep("^\\.t", rownames(m$beta))
  list(contrasts_against = reference, coef = I(sub("^\\.t", "", rownames(m$beta)[w])), estimate = I(c(m$beta)[w]), se = I(m$se[w]), ci_lb = I(m$ci.lb[w]), ci_ub = I(m$ci.ub[w]), tau2 = I(m$tau2), QE = m$QE, QE_df = m$k - m$p, vcov = I(lapply(w, function(i) I(unname(m$vb[i, w]))))) })

two <- list(ai = "ai", n1i = "n1i", ci = "ci", n2i = "n2i")
set("dat.nielweise2007", "catheters, many empty cells", dat.nielweise2007, function(d) {
  e <- effects_of(d, "OR", two); univariate(e, "OR", seq_along(e$yi)); effects_of(d, "RR", two); effects_of(d, "RD", two); effects_of(d, "AS", two)
  tables(d, two); glmms(d, two, "OR") })
set("dat.li2007", "magnesium after heart attack", dat.li2007, function(d) {
  e <- effects_of(d, "RR", two); univariate(e, "RR", d$year[e$rows]); regressions(e, "RR", d[e$rows, ], c("~year", "~I(year - 1990) + I((year - 1990)^2)", "~log(n1i)"))
  tables(d, two); glmms(d, two, "OR") })
set("dat.hart1999", "stroke prevention, rates", dat.hart1999, function(d) {
  cols <- list(x1i = "x1i", t1i = "t1i", x2i = "x2i", t2i = "t2i"); e <- effects_of(d, "IRR", cols); effects_of(d, "IRD", cols); effects_of(d, "IRSD", cols)
  univariate(e, "IRR", d$year[e$rows]); tables(d, cols, c("IRR", "IRD")); glmms(d, cols, "IRR"); glmms(d, list(xi = "x1i", ti = "t1i"), "IRLN")
  subgroups(e, "IRR", "prevention", d$prevention) })
set("dat.debruin2009", "proportions of adherence", dat.debruin2009, function(d) {
  cols <- list(xi = "xi", ni = "ni"); for (m in c("PR", "PLN", "PAS", "PFT")) effects_of(d, m, cols); e <- effects_of(d, "PLO", cols)
  univariate(e, "PLO", seq_along(e$yi)); glmms(d, cols, "PLO"); regressions(e, "PLO", d[e$rows, ], c("~scq", "~ethnicity + patients", "~scq * ethnicity - 1", "~ethnicity - 1")); subgroups(e, "PLO", "patients", d$patients) })
set("dat.bangertdrowns2004", "writing to learn, moderators with missing cells", dat.bangertdrowns2004, function(d) {
  e <- given(d); univariate(e, "GEN", d$year); regressions(e, "GEN", d, c("~length + wic", "~factor(grade)", "~feedback * length", "~imag + pers + meta", "~grade:length")); subgroups(e, "GEN", "subject", d$subject) })
set("dat.assink2016", "three levels", dat.assink2016, function(d) {
  e <- given(d); clusters(e, "GEN", d, "~1 | study/esid", "study", list(NULL, "~deltype", "~pubstatus + year")); regressions(e, "GEN", d, c("~deltype", "~ deltype + year", "~0 + deltype")) })
set("dat.cohen1981", "correlations", dat.cohen1981, function(d) {
  cols <- list(ri = "ri", ni = "ni"); effects_of(d, "COR", cols); e <- effects_of(d, "ZCOR", cols); univariate(e, "ZCOR", seq_along(e$yi)) })
set.seed(seed)
d <- data.frame(ai = c(0, 3, 12, NA, 40, 1, 0, 7), n1i = c(20, 25, 60, 30, 80, 22, 31, 40), ci = c(2, 9, 14, 4, 52, 0, 0, 15), n2i = c(21, 25, 58, 33, 79, 20, 30, 41),
                m1i = rnorm(8, 50, 9), sd1i = runif(8, 5, 12), m2i = c(rnorm(7, 46, 9), NA), sd2i = runif(8, 5, 12), where = c("b", "A", "a", "B", "A", NA, "b", "a"), dose = c(1, NA, 2.5, 3, 4, 8, 1, 2), early = c(TRUE, FALSE, TRUE, FALSE, FALSE, TRUE, TRUE, FALSE))
set("random_cells", "random: missing cells, groups in mixed case", d, function(d) {
  for (m in c("OR", "RD", "AS", "PETO", "YUQ", "YUY", "PBIT", "OR2DN", "OR2DL")) try(effects_of(d, m, two)); e <- effects_of(d, "RR", two); univariate(e, "RR", seq_along(e$yi)); tables(d, two); glmms(d, two, "OR")
  cols <- list(m1i = "m1i", sd1i = "sd1i", n1i = "n1i", m2i = "m2i", sd2i = "sd2i", n2i = "n2i"); for (m in c("MD", "SMDH", "ROM", "CVR", "VR")) try(effects_of(d, m, cols))
  s <- effects_of(d, "SMD", cols, vtypes = c("LS", "UB")); univariate(s, "SMD", seq_along(s$yi)); regressions(s, "SMD", d[s$rows, ], c("~dose", "~early", "~dose + early", "~n1i * early")) })
for (scale in c(0.3, 1, 20)) local({
  k <- 9; v <- exp(runif(k, -8, 2)) * scale^2; d <- data.frame(yi = rnorm(k, 0.4 * scale, sqrt(v + 0.05 * scale^2)), vi = v, year = c(2001, 1999, 2001, NA, 2010, 1987, 2004, 2004, 1990), arm = rep(c("x", "y", "Z"), 3))
  set(sprintf("random_scale_%g", scale), "random: effects on another scale", d, function(d) { e <- given(d); univariate(e, "GEN", 9:1); regressions(e, "GEN", d, c("~year", "~arm", "~year + arm")) }) })
set("random_two", "random: two studies that differ", data.frame(yi = c(-1, 2), vi = c(.04, .3)), function(d) univariate(given(d), "GEN", 2:1))
set("random_one_far", "random: one study far away", data.frame(yi = c(.1, .12, .09, 40, .11), vi = c(.01, .02, .015, .01, .03)), function(d) univariate(given(d), "GEN", 1:5))
set("random_ties", "random: equal effects but one, equal variances", data.frame(yi = c(.5, .5, .5, .5, .9), vi = rep(.04, 5)), function(d) univariate(given(d), "GEN", c(3, 3, 1, 1, 2)))

# Further data sets, of every kind of analysis.
first <- function(d, n) d[seq_len(min(n, nrow(d))), , drop = FALSE]
set("dat.egger2001", "magnesium again, with one giant trial", dat.egger2001, function(d) {
  e <- effects_of(d, "OR", two); univariate(e, "OR", d$year[e$rows]); transformed(e, "OR", "exp"); weighted(e, "OR"); selections(e, "OR", alternatives = "less"); tables(d, two); glmms(d, two, "OR")
  with_moderators(e, "OR", d[e$rows, ], "~year", data.frame(year = c(1985, 1995)), 2) })
set("dat.graves2010", "17 trials of an oral vaccine", dat.graves2010, function(d) { e <- effects_of(d, "RR", two); effects_of(d, "RD", two); univariate(e, "RR", seq_along(e$yi)); tables(d, two); glmms(d, two, "OR"); transformed(e, "RR", "exp"); selections(e, "RR") })
set("dat.hahn2001", "rehydration fluids, small counts", dat.hahn2001, function(d) { e <- effects_of(d, "OR", two); effects_of(d, "AS", two); univariate(e, "OR", rev(seq_along(e$yi))); tables(d, two); glmms(d, two, "OR"); weighted(e, "OR"); f <- list(yi = e$yi[1:9], vi = e$vi[1:9], rows = e$rows[1:9]); collect$effects[["first"]] <- list(measure = "OR", rows = I(f$rows), yi = plain(f$yi), vi = plain(f$vi)); subsets(f, "first"); permuted(f, "first") })
set("dat.damico2009", "antibiotic prophylaxis", dat.damico2009, function(d) { cols <- list(ai = "xt", n1i = "nt", ci = "xc", n2i = "nc"); e <- effects_of(d, "OR", cols); univariate(e, "OR", d$year[e$rows]); tables(d, cols); glmms(d, cols, "OR")
  regressions(e, "OR", d[e$rows, ], c("~conceal + blind", "~conceal * blind", "~year", "~year + I(year^2)", "~factor(year)")); subgroups(e, "OR", "conceal", d$conceal); with_moderators(e, "OR", d[e$rows, ], "~conceal + year", data.frame(a = c(0, 1), b = c(1985, 1995)), c(2, 3)) })
set("dat.viechtbauer2021", "20 trials with a dose", dat.viechtbauer2021, function(d) { cols <- list(ai = "xTi", n1i = "nTi", ci = "xCi", n2i = "nCi"); e <- effects_of(d, "OR", cols); univariate(e, "OR", d$dose); tables(d, cols); regressions(e, "OR", d[e$rows, ], c("~dose", "~dose + I(dose^2)", "~sqrt(dose)", "~I(dose/1000) + I((dose/1000)^3)", "~dose - 1")); selections(e, "OR"); with_moderators(e, "OR", d[e$rows, ], "~dose", data.frame(dose = c(50, 100, 400)), 2) })
set("dat.vanhowe1999", "circumcision and HIV, four cells", dat.vanhowe1999, function(d) { cols <- list(ai = "non.pos", bi = "non.neg", ci = "cir.pos", di = "cir.neg"); e <- effects_of(d, "OR", cols); univariate(e, "OR", seq_along(e$yi)); tables(d, cols, c("OR", "RR")); subgroups(e, "OR", "category", d$category); regressions(e, "OR", d[e$rows, ], c("~category", "~category - 1")) })
set("dat.dorn2007", "complementary treatment", dat.dorn2007, function(d) { cols <- list(ai = "x.a", n1i = "n.a", ci = "x.p", n2i = "n.p"); e <- effects_of(d, "RR", cols); univariate(e, "RR", d$year[e$rows]); tables(d, cols); regressions(e, "RR", d[e$rows, ], c("~jadad", "~factor(jadad)", "~visits + year", "~country")); weighted(e, "RR"); glmms(d, cols, "OR") })
set("dat.anand1999", "anticoagulants, many empty cells", dat.anand1999, function(d) { e <- effects_of(d, "OR", two); effects_of(d, "RD", two); effects_of(d, "PETO", two); univariate(e, "OR", d$year[e$rows]); tables(d, two); regressions(e, "OR", d[e$rows, ], c("~intensity", "~intensity * year", "~asp.t + asp.c")); subgroups(e, "OR", "intensity", d$intensity[e$rows]) })
set("dat.hartmannboyce2018", "nicotine replacement, 133 trials", dat.hartmannboyce2018, function(d) { cols <- list(ai = "x.nrt", n1i = "n.nrt", ci = "x.ctrl", n2i = "n.ctrl"); e <- effects_of(d, "RR", cols); tables(d, cols); regressions(e, "RR", d[e$rows, ], c("~treatment", "~treatment - 1")); transformed(e, "RR", "exp"); selections(e, "RR", types = c("stepfun", "halfnorm")) })
set("dat.dagostino1998", "antihistamines: means and counts", first(dat.dagostino1998[!is.na(dat.dagostino1998$mt), ], 24), function(d) { cols <- list(m1i = "mt", sd1i = "sdt", n1i = "nt", m2i = "mc", sd2i = "sdc", n2i = "nc"); for (m in c("MD", "SMDH", "ROM", "CVR", "VR")) effects_of(d, m, cols); e <- effects_of(d, "SMD", cols, vtypes = c("LS", "UB")); univariate(e, "SMD", seq_along(e$yi)); regressions(e, "SMD", d[e$rows, ], c("~drug", "~drug + nt", "~cold")); selections(e, "SMD") })
set("dat.michael2013", "brain pictures", dat.michael2013, function(d) { cols <- list(m1i = "Brain_m", sd1i = "Brain_s", n1i = "Brain_n", m2i = "No_brain_m", sd2i = "No_brain_s", n2i = "No_brain_n"); e <- effects_of(d, "MD", cols); univariate(e, "MD", seq_along(e$yi)); regressions(e, "MD", d[e$rows, ], c("~Medium", "~Included_Critique + Medium", "~Compensation")); subgroups(e, "MD", "Medium", d$Medium[e$rows]); f <- list(yi = e$yi[1:8], vi = e$vi[1:8], rows = e$rows[1:8]); collect$effects[["first"]] <- list(measure = "MD", rows = I(f$rows), yi = plain(f$yi), vi = plain(f$vi)); subsets(f, "first"); permuted(f, "first"); permuted(f, "first", "~Included_Critique", d[f$rows, ]) })
set("dat.hannum2020", "loss of smell, proportions near 1", dat.hannum2020, function(d) { cols <- list(xi = "xi", ni = "ni"); for (m in c("PR", "PLN")) effects_of(d, m, cols); e <- effects_of(d, "PLO", cols); univariate(e, "PLO", seq_along(e$yi)); transformed(e, "PLO", "ilogit"); glmms(d, cols, "PLO")
  f <- effects_of(d, "PFT", cols); univariate(f, "PFT", seq_along(f$yi)); transformed(f, "PFT", "ipft.hm", list(said = "harmonic mean of ni", value = list(ni = d$ni[f$rows]))); a <- effects_of(d, "PAS", cols); transformed(a, "PAS", "iarcsin"); subgroups(e, "PLO", "testType", d$testType[e$rows]) })
set("dat.craft2003", "anxiety in sport, correlations", dat.craft2003, function(d) { cols <- list(ri = "ri", ni = "ni"); e <- effects_of(d, "ZCOR", cols); effects_of(d, "UCOR", cols); transformed(e, "ZCOR", "ztor"); regressions(e, "ZCOR", d[e$rows, ], c("~sport", "~var1 * sport", "~var1 + var2 - 1", "~ni")); subgroups(e, "ZCOR", "sport", d$sport[e$rows]); clusters(e, "ZCOR", d[e$rows, ], "~1 | study", "study", list(NULL, "~sport")) })
set("dat.nakagawa2007", "15 correlations", dat.nakagawa2007, function(d) { cols <- list(ri = "Correlation", ni = "SampleSize"); e <- effects_of(d, "ZCOR", cols); effects_of(d, "COR", cols); univariate(e, "ZCOR", seq_along(e$yi)); transformed(e, "ZCOR", "ztor"); selections(e, "ZCOR"); regressions(e, "ZCOR", d[e$rows, ], c("~SampleSize", "~log(SampleSize)", "~I(1/SampleSize)")) })
set("dat.crede2010", "class attendance, 97 correlations", dat.crede2010, function(d) { cols <- list(ri = "ri", ni = "ni"); e <- effects_of(d, "ZCOR", cols); regressions(e, "ZCOR", d[e$rows, ], c("~criterion", "~class", "~year + criterion", "~criterion * class", "~source")); d2 <- d[e$rows, ]; clusters(e, "ZCOR", d2, "~1 | studyid/sampleid", "studyid", list(NULL, "~criterion")); components(e, "ZCOR", d2, "~1 | studyid/sampleid"); transformed(e, "ZCOR", "ztor") })
set("dat.begg1989", "bone marrow, one arm or two", dat.begg1989, function(d) { e <- given(d); univariate(e, "GEN", seq_along(e$yi)); regressions(e, "GEN", d, c("~trt", "~factor(arms) + trt", "~trt:arms")); subgroups(e, "GEN", "trt", d$trt) })
set("dat.kalaian1996", "coaching for the SAT", dat.kalaian1996, function(d) { e <- given(d); regressions(e, "GEN", d[e$rows, ], c("~year + hrs", "~outcome", "~log(hrs)", "~outcome * homework", "~ets + type")); clusters(e, "GEN", d[e$rows, ], "~1 | study/id", "study", list(NULL, "~outcome", "~outcome - 1")) })
set("dat.knapp2017", "planning in schizophrenia", dat.knapp2017, function(d) { e <- given(d); univariate(e, "GEN", seq_along(e$yi)); regressions(e, "GEN", d[e$rows, ], c("~difficulty", "~task", "~n_sz + n_hc", "~yi_iq")); clusters(e, "GEN", d[e$rows, ], "~1 | study/comp", "study", list(NULL, "~difficulty")); components(e, "GEN", d[e$rows, ], "~1 | study") })
set("dat.riley2003", "MYC-N, two outcomes", dat.riley2003, function(d) { e <- given(d); regressions(e, "GEN", d[e$rows, ], c("~outcome", "~outcome - 1", "~sei")); clusters(e, "GEN", d[e$rows, ], "~1 | study", "study", list(NULL, "~outcome", "~outcome - 1")); univariate(e, "GEN", seq_along(e$yi)) })
set("dat.tannersmith2016", "delinquency, dependent correlations", dat.tannersmith2016, function(d) { e <- given(d); regressions(e, "GEN", d[e$rows, ], c("~aget1 + aget2", "~propmale", "~I(aget1 - 10) + I((aget1 - 10)^2)", "~sexmix")); d$esid <- seq_len(nrow(d)); clusters(e, "GEN", d[e$rows, ], "~1 | studyid", "studyid", list(NULL, "~propmale", "~aget1 + aget2")) })
set("dat.landenberger2005", "cognitive therapy for offenders, four cells", dat.landenberger2005, function(d) { cols <- list(ai = "n.cbt.rec", bi = "n.cbt.non", ci = "n.ctrl.rec", di = "n.ctrl.non"); e <- effects_of(d, "OR", cols); univariate(e, "OR", seq_along(e$yi)); tables(d, cols); regressions(e, "OR", d[e$rows, ], c("~group + age", "~male + minority", "~length * sessions", "~setting", "~sessions + hrs_week + hrs_total", "~designprob")); subgroups(e, "OR", "setting", d$setting[e$rows]) })
set("dat.bourassa1996", "handedness and eye dominance, four cells", dat.bourassa1996, function(d) { cols <- list(ai = "rh.re", bi = "rh.le", ci = "lh.re", di = "lh.le"); e <- effects_of(d, "OR", cols); d2 <- d[e$rows, ]; regressions(e, "OR", d2, c("~selection", "~investigator + mage", "~sex")); clusters(e, "OR", d2, "~1 | study/sample", "study", list(NULL, "~sex")); tables(d, cols, "OR") })
set("dat.pagliaro1992", "variceal bleeding, a network", dat.pagliaro1992, function(d) { cols <- list(xi = "xi", ni = "ni"); e <- effects_of(d, "PLO", cols); arms(e, "PLO", d[e$rows, ], "trt", "study", "control") })
set("dat.hasselblad1998", "smoking cessation, a network", dat.hasselblad1998, function(d) { cols <- list(xi = "xi", ni = "ni"); e <- effects_of(d, "PLO", cols); arms(e, "PLO", d[e$rows, ], "trt", "study", "no_contact") })
set("dat.dogliotti2014", "stroke, a network", dat.dogliotti2014, function(d) { cols <- list(xi = "stroke", ni = "total"); e <- effects_of(d, "PLO", cols); arms(e, "PLO", d[e$rows, ], "treatment", "study", sort(unique(d$treatment))[1]) })
set("dat.white2020", "colour and condition, 186 correlations", dat.white2020, function(d) { cols <- list(ri = "r", ni = "n"); e <- effects_of(d, "ZCOR", cols); d2 <- d[e$rows, ]; clusters(e, "ZCOR", d2, "~1 | study_id/obs", "study_id", list(NULL, "~class", "~sex")); regressions(e, "ZCOR", d2, c("~class", "~sex + exp_obs")); components(e, "ZCOR", d2, "~1 | study_id/obs") })
set("dat.yusuf1985", "beta blockers, one table", dat.yusuf1985[dat.yusuf1985$table == 6, ], function(d) { e <- effects_of(d, "PETO", two, escalc_too = FALSE); univariate(e, "PETO", seq_along(e$yi)); effects_of(d, "OR", two); tables(d, two); glmms(d, two, "OR") })
k <- 11
set("random_prepost", "random: single groups before and after", data.frame(m1i = rnorm(k, 20, 3), m2i = rnorm(k, 17, 3), sd1i = runif(k, 3, 6), sd2i = runif(k, 3, 6), ni = sample(8:60, k), ri = runif(k, .2, .8)), function(d) {
  cols <- list(m1i = "m1i", m2i = "m2i", sd1i = "sd1i", sd2i = "sd2i", ni = "ni", ri = "ri"); for (m in c("MC", "SMCC", "ROMC", "SMCRH")) effects_of(d, m, cols)
  e <- effects_of(d, "SMCR", list(m1i = "m1i", m2i = "m2i", sd1i = "sd1i", ni = "ni", ri = "ri")); univariate(e, "SMCR", seq_along(e$yi)) })
set("random_rates", "random: rates with empty cells", data.frame(x1i = rpois(k, 3), t1i = runif(k, 10, 400), x2i = rpois(k, 2), t2i = runif(k, 10, 400)), function(d) {
  cols <- list(x1i = "x1i", t1i = "t1i", x2i = "x2i", t2i = "t2i"); for (m in c("IRD", "IRSD")) effects_of(d, m, cols); e <- effects_of(d, "IRR", cols); univariate(e, "IRR", seq_along(e$yi)); tables(d, cols, c("IRR", "IRD")); glmms(d, cols, "IRR")
  one <- list(xi = "x1i", ti = "t1i"); for (m in c("IR", "IRS")) effects_of(d, m, one); f <- effects_of(d, "IRFT", one); transformed(f, "IRFT", "iirft", list(said = "harmonic mean of ti", value = 1 / mean(1 / d$t1i[f$rows]))); l <- effects_of(d, "IRLN", one); transformed(l, "IRLN", "exp") })
set("random_badly_scaled", "random: moderators far from 0 and of very different sizes", data.frame(yi = rnorm(14, .3, .4), vi = exp(runif(14, -5, -1)), year = sample(1970:2020, 14), income = runif(14, 2e4, 9e4), share = runif(14, 1e-5, 9e-5), region = rep(c("north", "South", "\u00e9ast"), length.out = 14)), function(d) {
  e <- given(d); regressions(e, "GEN", d, c("~year", "~year + income", "~year + income + share", "~year + I(year^2)", "~income + I(income^2)", "~year * region", "~year + region - 1")); with_moderators(e, "GEN", d, "~year + income", data.frame(a = c(1980, 2015), b = c(3e4, 8e4)), c(2, 3)) })
set("random_nested", "random: effects in studies in laboratories", data.frame(yi = rnorm(24, .2, .3), vi = runif(24, .01, .2), lab = rep(c("a", "B", "c", "d", "e", "f"), each = 4), study = rep(1:12, each = 2), dose = round(runif(24, 1, 9), 1)), function(d) {
  e <- given(d); clusters(e, "GEN", d, "~1 | lab/study", "lab", list(NULL, "~dose")); components(e, "GEN", d, "~1 | lab/study"); components(e, "GEN", d, "~1 | lab") })
