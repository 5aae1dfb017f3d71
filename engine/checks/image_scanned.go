package checks

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tickmark/engine"
)

// Checks images-scanned, images-without-fixable-vulnerabilities,
// images-on-supported-base and images-without-exposed-secrets.
//
// All judge every image that runs by what a scanner left in the cluster: reports of
// the Trivy operator, by image or by workload, and the counts of Kubescape. A report
// counts for the content that it names by digest, the one that runs. One that names
// a tag was made of what the tag then was: what it found fails, and that it found
// nothing proves nothing. A report of another digest, repository or tag is none.
//
// Quay's Container Security Operator names by digest the images that have
// vulnerabilities, and need not name the others: an image that it does not name may
// have been scanned or not.
//
// images-scanned passes for an image whose every running content has a report that
// is not older than Params.ScanDays (92 days if it says nothing); fails for one that
// has none although the scanner reports on others, and for one whose latest report
// is older. Unknown where the cluster holds no report at all (images may be scanned
// elsewhere), where only a tag joins them, and where a report has no date.
//
// images-without-fixable-vulnerabilities fails for a critical or high vulnerability
// that has a fixed version; passes where a report in date lists no critical or high
// one. Unknown without such a report, where another kind of report is there and could not
// all be seen, where the Trivy operator's settings (a ConfigMap) keep critical or high ones,
// those without a fix, or files out of its reports, or were not seen, for critical and high
// ones without a fix, for ones of unknown severity, for counts without a list, and for an
// empty report that recognised no operating system and may be of a scan that found nothing to look at.
//
// images-on-supported-base passes where the report names the operating system of
// the image and does not flag it as out of support, fails where it does; unknown
// where it names none, as for an image made from scratch, and where not all reports were
// seen.
//
// images-without-exposed-secrets fails where a scanner found what looks like a
// secret in the files of an image, passes where a report in date found none.

func imagesScanned() check {
	return check{id: "images-scanned", version: 2, needs: append(workloadKinds(), vulnerabilityReportKind), looks: moreReports(), eval: func(v *engine.View) []engine.Detail {
		return perRunningImage(v, vulnerabilityReports(v), vulnerabilityReportKind, judgeScanned)
	}}
}

func imagesWithoutFixableVulnerabilities() check {
	return foundByNone("images-without-fixable-vulnerabilities", judgeVulnerabilities)
}

func imagesOnSupportedBase() check { return foundByNone("images-on-supported-base", judgeBase) }

// moreReports are the reports of vulnerabilities that a cluster need not have.
func moreReports() []engine.Kind {
	return []engine.Kind{clusterVulnerabilityReportKind, manifestSummaryKind, imageManifestVulnKind}
}

// foundByNone is a check that passes where no report finds anything, which those that
// were not seen may.
func foundByNone(id string, judge func(*engine.View, *scanReport) finding) check {
	return check{id: id, version: 3, needs: append(workloadKinds(), vulnerabilityReportKind), looks: moreReports(), eval: func(v *engine.View) []engine.Detail {
		details := perRunningImage(v, vulnerabilityReports(v), vulnerabilityReportKind, perReport(judge))
		if len(details) == 0 {
			return nil
		}
		return append(details, hidden(v, moreReports()...)...)
	}}
}

func imagesWithoutExposedSecrets() check {
	return check{id: "images-without-exposed-secrets", version: 1, needs: append(workloadKinds(), exposedSecretReportKind), eval: func(v *engine.View) []engine.Detail {
		return perRunningImage(v, secretReports(v), exposedSecretReportKind, perReport(judgeExposedSecrets))
	}}
}

// imageJudge judges a running image by its reports.
type imageJudge func(*engine.View, *runningImage, scanned) cited

// perRunningImage judges every image that runs by its reports, those of pods that
// ended left out. Without any report one detail says so for all.
func perRunningImage(v *engine.View, reports *scanReports, kind engine.Kind, judge imageJudge) []engine.Detail {
	images := runningImages(v)
	if len(images) > 0 && len(reports.all) == 0 {
		return []engine.Detail{unknown("", nil, "No %s is in the evidence: whether %s are scanned elsewhere, their reports would show",
			kind.Kind, count(len(images), "image")).of(engine.Ref{Group: kind.Group, Kind: kind.Kind}, images[0].object.Digest)}
	}
	var details []engine.Detail
	for _, r := range images {
		c := judge(v, r, reports.of(r))
		c.field, c.value = r.field, r.reference
		cites := slices.Concat(r.cites(), c.cites)
		slices.SortFunc(cites[len(r.cites()):], func(a, b engine.Digest) int { return slices.Compare(a[:], b[:]) })
		d := c.of(r.object.Ref, slices.Compact(cites)...)
		d.Container = r.container
		details = append(details, d)
	}
	return details
}

// scanLimit is how old a report may be.
func scanLimit(v *engine.View) time.Duration {
	days := v.Params().ScanDays
	if days <= 0 {
		days = 92
	}
	return time.Duration(days) * 24 * time.Hour
}

// stale says what is wrong with a date, "" if nothing is.
func stale(v *engine.View, at time.Time) (says string, known bool) {
	now := v.Now()
	switch {
	case at.IsZero():
		return "has no date", false
	case at.After(now.Add(24 * time.Hour)):
		return "is dated " + day(at) + ", after this evaluation", false
	case now.Sub(at) > scanLimit(v):
		return "is of " + day(at) + ", older than " + strconv.Itoa(int(scanLimit(v).Hours()/24)) + " days", true
	}
	return "", true
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

// judgeScanned judges whether an image has reports in date.
func judgeScanned(v *engine.View, r *runningImage, found scanned) cited {
	latest := newest(found.tagged)
	if len(found.contents) == 0 || !found.whole || missing(found) != "" {
		switch {
		case latest != nil:
			if says, known := stale(v, latest.updated); says != "" && known && !unseenReports(v) {
				return cited{fails("", nil, "The latest report on the tag of image %s %s", brief(r.reference), says), []engine.Digest{latest.object.Digest}}
			}
			return cited{unknown("", nil, "A report names image %s by its tag alone: whether it is of what runs, only a digest would tell",
				brief(r.reference)), []engine.Digest{latest.object.Digest}}
		case len(r.contents) == 0:
			return cited{notApplicable("", nil, "No pod runs image %s in the evidence, and no report names it", brief(r.reference)), nil}
		case unseenReports(v):
			return cited{unknown("", nil, "No report on image %s was seen, and not all reports were", brief(r.reference)), nil}
		case len(found.contents) == 0 || !found.whole:
			return cited{unknown("", nil, "What image %s runs as is not known, so that no report can be joined to it", brief(r.reference)), nil}
		}
		if len(v.Objects(imageManifestVulnKind)) > 0 {
			return cited{unknown("", nil, "No report is of image %s as it runs (%s); Quay's operator, which reports on others, need not name one without vulnerabilities",
				brief(r.reference), missing(found)), nil}
		}
		return cited{fails("", nil, "No report is of image %s as it runs (%s), although the cluster holds reports on others",
			brief(r.reference), missing(found)), nil}
	}
	var cites []engine.Digest
	for _, id := range found.contents {
		latest := newest(found.proven[id])
		cites = append(cites, latest.object.Digest)
		says, known := stale(v, latest.updated)
		switch {
		case says != "" && known && unseenReports(v):
			return cited{unknown("", nil, "The latest report on image %s that was seen %s, and not all reports were", brief(r.reference), says), cites}
		case says != "" && known:
			return cited{fails("", nil, "The latest report on image %s %s", brief(r.reference), says), cites}
		case says != "":
			return cited{unknown("", nil, "The report on image %s %s", brief(r.reference), says), cites}
		case latest.scanner == "" || !latest.counted:
			return cited{unknown("", nil, "The report on image %s names no scanner or counts nothing: the scan may not have ended", brief(r.reference)), cites}
		}
	}
	latest = newest(found.proven[found.contents[0]])
	return cited{passes("", nil, "Image %s was scanned as it runs by %s, last on %s", brief(r.reference), brief(latest.scanner), day(latest.updated)), cites}
}

// unseenReports reports whether there may be reports beside those that were seen.
func unseenReports(v *engine.View) bool {
	return !v.Saw(vulnerabilityReportKind) || slices.ContainsFunc(moreReports(), v.Hidden)
}

// missing returns the first content without a report, "" if each has one.
func missing(found scanned) string {
	for _, id := range found.contents {
		if len(found.proven[id]) == 0 {
			return id
		}
	}
	return ""
}

// perReport judges an image by all its reports: the worst counts, and nothing
// passes that a report does not prove of all that runs.
func perReport(judge func(*engine.View, *scanReport) finding) imageJudge {
	return func(v *engine.View, r *runningImage, found scanned) cited {
		worst := cited{finding: notApplicable("", nil, "No pod runs it in the evidence")}
		take := func(f finding, cites ...engine.Digest) {
			if worst.verdict.Worse(f.verdict) != worst.verdict {
				worst.finding = f
			}
			worst.cites = append(worst.cites, cites...)
		}
		for _, id := range found.contents {
			for _, report := range found.proven[id] {
				take(judge(v, report), report.object.Digest)
			}
		}
		for _, report := range found.tagged {
			f := judge(v, report)
			if f.verdict != engine.Fail {
				f = unknown("", nil, "A report names it by its tag alone, and what was scanned may not be what runs; it says: %s", f.sentence)
			}
			take(f, report.object.Digest)
		}
		joined := len(found.contents) > 0 && found.whole && missing(found) == ""
		if len(r.contents) > 0 && !joined && len(found.tagged) == 0 {
			take(unknown("", nil, "No report could be joined to all that runs of it"))
		}
		worst.sentence = "Image " + brief(r.reference) + ": " + worst.sentence
		return worst
	}
}

func judgeVulnerabilities(v *engine.View, r *scanReport) finding {
	says, _ := stale(v, r.updated)
	kept := ""
	if strings.HasPrefix(r.scanner, "Trivy") {
		kept = keptOutOfScans(v)
	}
	rest := r.counts.Critical + r.counts.High - r.fixable - r.unfixed
	switch {
	case r.fixable > 0:
		return fails("", nil, "%s, critical or high, with a fix: %s", count(r.fixable, "finding"), listOf(r.found, r.fixable))
	case !r.counted:
		return unknown("", nil, "Its report counts nothing: the scan may not have ended")
	case rest > 0:
		return unknown("", nil, "Its report counts %d critical or high that it does not list, so that fixes are not known", rest)
	case r.unfixed > 0:
		return unknown("", nil, "%s, critical or high, without a fix: a person has to weigh them", count(r.unfixed, "finding"))
	case r.counts.Unknown > 0:
		return unknown("", nil, "%s of a severity that the scanner does not know", count(r.counts.Unknown, "finding"))
	case says != "":
		return unknown("", nil, "Nothing critical or high was found, but the report %s", says)
	case r.scanner == "":
		return unknown("", nil, "Its report names no scanner")
	case !r.listed:
		return unknown("", nil, "Its report has no list of findings, not even an empty one")
	case r.counts.all() == 0 && r.os.family() == "":
		return unknown("", nil, "An empty report that recognised no operating system: the scan may have found nothing to look at")
	case kept != "":
		return unknown("", nil, "Nothing critical or high is in the report of %s, but the scanner may not say all: %s", day(r.updated), kept)
	}
	return passes("", nil, "No critical or high vulnerability in the report of %s; %d medium, %d low", day(r.updated), r.counts.Medium, r.counts.Low)
}

// family is the operating system a scanner recognised, "" if none.
func (o osRelease) family() string {
	if o.Family == "none" {
		return ""
	}
	return brief(o.Family)
}

func judgeBase(v *engine.View, r *scanReport) finding {
	says, _ := stale(v, r.updated)
	switch {
	case r.os.EOSL:
		return fails("", nil, "Its base %s %s is out of support, so that fixes no longer come", r.os.family(), brief(r.os.Name))
	case r.os.family() == "" || r.os.Name == "":
		return unknown("", nil, "Its report names no operating system and version, as for an image made from scratch")
	case says != "":
		return unknown("", nil, "Its base is %s %s, but the report %s", r.os.family(), brief(r.os.Name), says)
	}
	return passes("", nil, "Its base is %s %s, which the report of %s does not flag as out of support", r.os.family(), brief(r.os.Name), day(r.updated))
}

func judgeExposedSecrets(v *engine.View, r *scanReport) finding {
	says, _ := stale(v, r.updated)
	switch {
	case len(r.found) > 0:
		return fails("", nil, "%s in its files: %s", count(len(r.found), "possible secret"), listOf(r.found, len(r.found)))
	case r.counts.all() > 0:
		return fails("", nil, "%s in its files, which the report counts and does not list", count(r.counts.all(), "possible secret"))
	case !r.counted || !r.listed || r.scanner == "":
		return unknown("", nil, "Its report is not whole: the scan may not have ended")
	case says != "":
		return unknown("", nil, "No secret was found in its files, but the report %s", says)
	}
	return passes("", nil, "No secret was found in its files on %s", day(r.updated))
}

// listOf joins the first names of so many for a sentence.
func listOf(names []string, of int) string {
	const most = 3
	shown := names[:min(most, len(names))]
	text := list(shown)
	if of > len(shown) {
		text += " and " + strconv.Itoa(of-len(shown)) + " more"
	}
	return text
}
