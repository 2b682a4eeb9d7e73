# Reference results for further data sets, computed with metafor, in the format that tests/parity reads.
#
#   Rscript validation/reference.R FOLDER
#   python -m pytest tests/parity --reference FOLDER
#
# Needs R with metafor, metadat, jsonlite, lme4 and clubSandwich. The data sets are other ones than those in
# tests/parity/reference, and random ones with missing cells, groups in mixed case and effects on several sizes.

suppressPackageStartupMessages({library(metafor); library(metadat); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
options(warn = -1)
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
  result <- tryCatch(withCallingHandlers(compute(), warning = function(w) { said <<- c(said, conditionMessage(w)); invokeRestart("muffleWarning") }),
                     error = function(e) e)
  entry <- list(id = sprintf("A%04d", length(collect$analyses) + 1L), kind = kind, tolerance = tolerance, call = call)
  if (inherits(result, "error")) {
    entry["result"] <- list(NULL); entry$error <- conditionMessage(result)
  } else entry$result <- plain(result)
  if (length(said)) entry$warnings <- I(said)
  collect$analyses[[length(collect$analyses) + 1L]] <- entry
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
    list(predictor = predictor, stat = t$zval, stat_dist = "t", df = length(e$yi) - 2, pval = t$pval, coef_estimate = unname(coef(t$fit)[, 1]), limit_estimate = t$est, limit_ci_lb = t$ci.lb, limit_ci_ub = t$ci.ub) })
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
    fit <- function() { a <- list(yi = e$yi, V = e$vi, random = as.formula(random), method = method, data = data, control = list(optimizer = "nlminb", rel.tol = 1e-12, iter.max = 1000, eval.max = 2000))
      if (!is.null(text)) a$mods <- as.formula(text); do.call(rma.mv, a) }
    add("rma.mv", "optimizer", call, function() {
      m <- fit(); r <- list(k = m$k, p = m$p, coef = I(rownames(m$beta)), estimate = I(c(m$beta)), se = I(m$se), stat = I(m$zval), stat_dist = "z", pval = I(m$pval), ci_lb = I(m$ci.lb), ci_ub = I(m$ci.ub), vcov = I(lapply(seq_len(m$p), function(i) I(unname(m$vb[i, ])))),
        sigma2 = I(m$sigma2), sigma2_levels = I(m$s.names), QE = m$QE, QE_df = m$k - m$p, QE_p = m$QEp, ll = m$fit.stats["ll", method], AIC = m$fit.stats["AIC", method], BIC = m$fit.stats["BIC", method], optimizer_agreement = 1e-6)
      if (m$p > 1) r <- c(r, list(QM = m$QM, QM_df = I(m$QMdf[1]), QM_p = m$QMp)); r })
    if (method == "REML") for (vcov in c("CR0", "CR1", "CR2")) {
      rc <- call; rc[["function"]] <- "robust"; rc$cluster <- cluster; rc$vcov <- vcov; rc$df <- if (vcov == "CR2") "Satterthwaite" else "clusters - p"
      add("robust", "optimizer", rc, function() { m <- fit()
        if (vcov == "CR2") { t <- clubSandwich::coef_test(m, vcov = "CR2", cluster = data[[cluster]]); half <- qt(.975, t$df_Satt) * t$SE
          return(list(n_clusters = length(unique(data[[cluster]])), estimate = I(t$beta), se = I(t$SE), stat = I(t$tstat), df = I(t$df_Satt), pval = I(t$p_Satt), ci_lb = I(t$beta - half), ci_ub = I(t$beta + half), vcov = I(lapply(seq_len(m$p), function(i) I(unname(as.matrix(clubSandwich::vcovCR(m, type = "CR2", cluster = data[[cluster]]))[i, ])))))) }
        b <- robust(m, cluster = data[[cluster]], adjust = vcov == "CR1")
        list(n_clusters = b$n, estimate = I(c(b$beta)), se = I(b$se), stat = I(b$zval), df = I(rep(b$dfs, m$p)), pval = I(b$pval), ci_lb = I(b$ci.lb), ci_ub = I(b$ci.ub), vcov = I(lapply(seq_len(m$p), function(i) I(unname(b$vb[i, ]))))) })
    }
  }
}

effects_of <- function(data, measure, columns, name = measure, escalc_too = TRUE, vtypes = "LS") {
  raw <- lapply(columns, function(n) data[[n]])
  for (vtype in vtypes) for (to in c("only0", "all", "none", "if0all")) {
    if (to != "only0" && !measure %in% c("OR", "RR", "RD", "AS", "PLO", "PR", "PLN", "PAS", "PFT", "IRR", "IRD", "IRLN", "IR", "PETO", "IRS", "IRFT", "IRSD")) next
    call <- list("function" = "escalc", measure = measure, columns = as.list(columns), add = .5, to = to, drop00 = FALSE)
    if (length(vtypes) > 1) call$vtype <- vtype
    if (escalc_too) add("escalc", "closed", call, function() { x <- do.call(escalc, c(list(measure = measure, to = to, add = .5, drop00 = FALSE, vtype = vtype), raw)); list(yi = c(x$yi), vi = c(x$vi)) })
  }
  x <- do.call(escalc, c(list(measure = measure), raw))
  rows <- which(!is.na(x$yi) & !is.na(x$vi) & x$vi > 0)
  e <- list(measure = measure, rows = I(rows), yi = c(x$yi)[rows], vi = c(x$vi)[rows])
  collect$effects[[name]] <- list(measure = measure, rows = I(rows), yi = plain(e$yi), vi = plain(e$vi), ni = I(rep(list(NA), length(rows))))
  e
}
given <- function(data, name = "GEN") {
  rows <- which(!is.na(data$yi) & !is.na(data$vi)); e <- list(yi = data$yi[rows], vi = data$vi[rows], rows = rows)
  collect$effects[[name]] <- list(measure = "GEN", rows = I(rows), yi = plain(e$yi), vi = plain(e$vi)); e
}

set <- function(name, title, data, body) {
  collect$analyses <- list(); collect$effects <- list()
  data <- as.data.frame(lapply(data, function(x) if (is.factor(x)) as.character(x) else x))
  body(data)
  out <- list(schema = "meta-oracle/1", dataset = name, source = "metadat, or random", title = title, reference = "", software = list(metafor = as.character(packageVersion("metafor"))),
              input = list(nrow = nrow(data), columns = lapply(data, column)), effects = collect$effects, n_analyses = length(collect$analyses), analyses = collect$analyses)
  write(toJSON(out, auto_unbox = TRUE, json_verbatim = TRUE, null = "null", na = "null"), file.path(folder, paste0(name, ".json")))
  cat(name, length(collect$analyses), "\n")
}

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
set.seed(20261127)
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
