"""Files that shell lines write."""

from __future__ import annotations

import pytest

from werkbook.cells.shell import written_by


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo '<p>hi</p>' > a.html", {"a.html": "<p>hi</p>\n"}),
        ("echo one > a\necho two >> a", {"a": "one\ntwo\n"}),
        ("cat > t.html <<EOF\n<b>\n x\nEOF\nls", {"t.html": "<b>\n x\n"}),
        ("cat <<'END' > ./t\nx\nEND", {"t": "x\n"}),
        ("rm a; echo 'x; y && z' > a && ls", {"a": "x; y && z\n"}),
        ("echo 'it > a", {}),
        ("sleep 1 & echo x > a", {}),
        ("echo $HOME > a", {}),
        ("ls > a", {}),
        ("grep x > y | z", {}),
        ("printf 'a,%s\\n%%' b > a", {"a": "a,b\n%"}),
        ("printf '%s\\n' a b > a", {}),
        ("printf '%05d' 3 > a", {}),
        ("echo hi | tee a b", {"a": "hi\n", "b": "hi\n"}),
        ("echo hi | tee -a a >/dev/null", {"a": "hi\n"}),
        ("tee a <<EOF > /dev/null\nx\nEOF", {"a": "x\n"}),
        ("cat <<EOF >> a\nx\nEOF", {"a": "x\n"}),
        ("cat <<EOF > a\n$(date) $HOME\nEOF", {}),
        ("N=1\ncat <<EOF > a\n${N} \\$N\nEOF", {"a": "1 $N\n"}),
        ("cat <<'EOF' > a\n$N\nEOF", {"a": "$N\n"}),
        ("cat <<-EOF > a\n\tx\n\tEOF", {"a": "x\n"}),
        ("cd d\necho x > a; touch b", {"d/a": "x\n", "d/b": ""}),
        ("cd $D\necho x > a", {}),
        ("cd /content/d\necho x > a", {"d/a": "x\n"}),
        ("cd /tmp\necho x > a", {}),
        ("cd ..\necho x > a", {}),
        ("cat <<EOF > a && ls\nx\nEOF", {"a": "x\n"}),
        ("echo x > a\nmv a b\ncp b d/", {"b": "x\n", "d/b": "x\n"}),
        ("echo -ne 'a\\tb' > a", {"a": "a\tb"}),
        ("echo x > /dev/null", {}),
        ("echo '$5' > a", {"a": "$5\n"}),
        ("date | tee a", {}),
        ("echo '$5' $HOME > a", {}),
        ("echo \"it's $X, it's\" > a", {}),
        ("echo \\$5 > a", {}),
        ("X=y\necho $X > a", {"a": "y\n"}),
        ("seq 3 > a\nseq 5 -2 1 >> a", {"a": "1\n2\n3\n5\n3\n1\n"}),
        ("seq 1.5 3 > a\nseq 1 0 2 > b\nseq 9999999 > c\nseq > d", {}),
        ("echo x > a\ncat a a > b", {"a": "x\n", "b": "x\nx\n"}),
        ("cat a > b", {}),
        ("echo 'a a' > t\nsed -i 's/a/b/' t", {"t": "b a\n"}),
        ("echo 'a/a' > t\nsed -i -e 's#a/#b#g' t", {"t": "ba\n"}),
        ("printf 'a\\nb\\n' > t\nsed -i '/a/d' t", {"t": "b\n"}),
        ("echo ab > t\nsed -i 's/a./x/' t", {"t": "ab\n"}),
        ("echo ab > t\nsed -i 's/a/x&/' t", {"t": "ab\n"}),
    ],
)
def test_literal_text_is_found(script: str, found: dict[str, str]) -> None:
    """Only what is certain: literal text into a named file."""
    assert written_by(script, {}) == found
