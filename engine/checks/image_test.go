package checks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

const sha = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParseImage(t *testing.T) {
	for reference, want := range map[string]image{
		"nginx":                             {"docker.io", "library/nginx", "", ""},
		"nginx:1.27":                        {"docker.io", "library/nginx", "1.27", ""},
		"team/app":                          {"docker.io", "team/app", "", ""},
		"docker.io/nginx":                   {"docker.io", "library/nginx", "", ""},
		"index.docker.io/team/app:2":        {"docker.io", "team/app", "2", ""},
		"registry.example/pay/api":          {"registry.example", "pay/api", "", ""},
		"registry.example:5000/pay/api":     {"registry.example:5000", "pay/api", "", ""},
		"registry.example:5000/pay/api:1":   {"registry.example:5000", "pay/api", "1", ""},
		"Registry.Example/pay/api":          {"registry.example", "pay/api", "", ""},
		"localhost/app":                     {"localhost", "app", "", ""},
		"localhost:5000/app@" + sha:         {"localhost:5000", "app", "", sha},
		"registry.example/pay/api:1@" + sha: {"registry.example", "pay/api", "1", sha},
		"[2001:db8::1]:5000/app:1":          {"[2001:db8::1]:5000", "app", "1", ""},
		"team/my_app__x---y.z:v1":           {"docker.io", "team/my_app__x---y.z", "v1", ""},
		"gcr.io/distroless/static:nonroot":  {"gcr.io", "distroless/static", "nonroot", ""},
	} {
		got, err := parseImage(reference)
		require.NoError(t, err, reference)
		assert.Equal(t, want, got, reference)
	}
	for _, bad := range []string{
		"", ":1", "@" + sha, "nginx@", "nginx@sha256:123", "nginx@md5:0123", "nginx:", "nginx:a b", "Nginx", "team//app", "/app", "app/", "a@b@" + sha,
		"https://registry.example/app", "nginx:" + strings.Repeat("a", 129), strings.Repeat("a/", 200) + "a", "app\x1b[31m", sha[7:], "reg..example/app",
		"[redacted:token]",
	} {
		_, err := parseImage(bad)
		require.Error(t, err, "%q", bad)
	}
}

// FuzzParseImage writes what was read and reads it again.
func FuzzParseImage(f *testing.F) {
	for _, seed := range []string{"nginx", "r.example:5000/a/b:1@" + sha, "localhost/a", "[::1]:5/a", "A.b/c", "@", ":", "a:b/c:d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reference string) {
		i, err := parseImage(reference)
		if err != nil {
			return
		}
		written := i.name()
		if i.tag != "" {
			written += ":" + i.tag
		}
		if i.digest != "" {
			written += "@" + i.digest
		}
		again, err := parseImage(written)
		require.NoError(t, err, "%q from %q", written, reference)
		assert.Equal(t, i, again)
		assert.Equal(t, strings.Contains(reference, "@"), i.digest != "", "a digest is never lost and never invented")
	})
}

func TestTrustedRegistries(t *testing.T) {
	trusted := []string{"registry.example/pay", "docker.io/library", "GHCR.example/", "https://quay.example/team/*", "index.docker.io/maker"}
	for reference, want := range map[string]string{
		"registry.example/pay/api:1":       "registry.example/pay",
		"registry.example/pay":             "registry.example/pay",
		"registry.example/payroll/api":     "",
		"registry.example.evil.test/pay/a": "",
		"registry.example:5000/pay/api":    "",
		"nginx":                            "docker.io/library",
		"team/nginx":                       "",
		"ghcr.example/anything":            "GHCR.example/",
		"quay.example/team/api":            "https://quay.example/team/*",
		"quay.example/teams/api":           "",
		"quay.example.evil.test/team/api":  "",
		"maker/api":                        "index.docker.io/maker",
		"makers/api":                       "",
	} {
		i, err := parseImage(reference)
		require.NoError(t, err)
		assert.Equal(t, want, i.trustedBy(trusted), reference)
	}
}

func TestNoTrustedRegistryDeclared(t *testing.T) {
	for _, declared := range [][]string{nil, {""}, {" "}, {"/"}} {
		w := newWorld(t, goodPod())
		w.params.TrustedRegistries = declared
		r := w.result(t, "images-from-trusted-registries")
		assert.Equal(t, engine.Unknown, r.Verdict, "%q", declared)
		assert.Contains(t, r.Details[0].Sentence, "no trusted registries declared")
	}
}

func TestImagesOfVolumesAndBrokenOnes(t *testing.T) {
	volume := func(p *corev1.Pod) {
		p.Spec.Volumes = []corev1.Volume{{Name: "model", VolumeSource: corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "models.example/m"}}}}
	}
	r := newWorld(t, goodPod(volume)).result(t, "images-pinned-by-digest")
	assert.Equal(t, engine.Fail, r.Verdict)
	assert.Equal(t, "spec.volumes[0].image.reference", r.Details[0].Field)
	for _, id := range []string{"images-pinned-by-digest", "images-not-latest", "images-from-trusted-registries"} {
		for _, broken := range []string{"", "Not An Image@sha256:", "nginx@sha256:latest"} {
			assert.Equal(t, engine.Unknown, judged(t, id, func(p *corev1.Pod) { p.Spec.Containers[0].Image = broken }), "%s %q", id, broken)
		}
	}
	assert.Equal(t, engine.Pass, judged(t, "images-not-latest", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:latest@" + sha }))
	for tag, want := range map[string]engine.Verdict{
		"latest": engine.Fail, "LATEST": engine.Fail, "stable": engine.Unknown, "main": engine.Unknown, "bookworm": engine.Unknown, "1": engine.Pass, "v1.2-alpine": engine.Pass, "main@" + sha: engine.Pass,
	} {
		assert.Equal(t, want, judged(t, "images-not-latest", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:" + tag }), tag)
	}
}
