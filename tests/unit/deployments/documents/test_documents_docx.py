"""DOCX: what Word shows becomes text; vanished, white, tiny, deleted and commented text does not."""

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from deployments.documents.engines.docx import extract
from deployments.documents.engines.extract import ExtractJob, Unreadable

WHITE = RGBColor(255, 255, 255)


def read(document, **changes):
    data = document
    if not isinstance(document, bytes):
        stream = io.BytesIO()
        document.save(stream)
        data = stream.getvalue()
    limits = {"max_pages": 5, "max_expanded_bytes": 4 << 20, "max_chars": 10_000}
    return extract(ExtractJob("docx", data, **{**limits, **changes}))


@pytest.fixture
def document():
    made = docx.Document()
    made.add_paragraph("Visible beginning.")
    return made


def canary(document, **font):
    run = document.add_paragraph().add_run("CANARY")
    for name, value in font.items():
        setattr(run.font, name, value)
    return run


def coloured(run, colour):
    run.font.color.rgb = colour
    return run


def shaded(element, fill):
    element.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{fill}"/>'))


def by_style(document):
    style = document.styles.add_style("Base", WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    derived = document.styles.add_style("Derived", WD_STYLE_TYPE.CHARACTER)
    derived.base_style = style
    canary(document).style = derived


def in_paragraph_style(document):
    style = document.styles.add_style("Ghost", WD_STYLE_TYPE.PARAGRAPH)
    style.font.color.rgb = WHITE
    document.add_paragraph("CANARY", style="Ghost")


def deleted(document):
    text = '<w:del w:id="1" w:author="x"><w:r><w:delText>CANARY</w:delText></w:r></w:del>'
    document.add_paragraph()._p.append(parse_xml(text.replace("<w:del ", f"<w:del {nsdecls('w')} ", 1)))


def spec_vanished(document):
    canary(document)._r.get_or_add_rPr().append(parse_xml(f"<w:specVanish {nsdecls('w')}/>"))


def themed(document):
    run = canary(document)
    properties = run._r.get_or_add_rPr()
    properties.append(parse_xml(f'<w:color {nsdecls("w")} w:val="auto" w:themeColor="background1"/>'))


@pytest.mark.parametrize(
    ("hide", "kind"),
    [
        (lambda document: canary(document, hidden=True), "invisible"),
        (spec_vanished, "invisible"),
        (lambda document: canary(document, size=Pt(1)), "tiny"),
        (lambda document: coloured(canary(document), WHITE), "paper_colour"),
        (lambda document: coloured(canary(document), RGBColor(250, 250, 250)), "paper_colour"),
        (themed, "paper_colour"),
        (by_style, "invisible"),
        (in_paragraph_style, "paper_colour"),
        (deleted, "deleted"),
        (lambda document: document.add_comment(document.paragraphs[0].runs, text="CANARY"), "comment"),
    ],
)  # fmt: skip
def test_what_no_reader_sees_is_left_out_and_counted(document, hide, kind):
    hide(document)
    document.add_paragraph("Visible end.")
    found = read(document)
    assert found.text == "Visible beginning.\nVisible end."
    assert [(hidden.kind, hidden.characters) for hidden in found.hidden] == [(kind, 6)]


def test_white_text_on_a_dark_ground_is_kept(document):
    run = coloured(document.add_paragraph().add_run("In a dark run."), WHITE)
    shaded(run._r.get_or_add_rPr(), "1F3864")
    paragraph = document.add_paragraph()
    shaded(paragraph._p.get_or_add_pPr(), "1F3864")
    coloured(paragraph.add_run("In a dark paragraph."), WHITE)
    cell = document.add_table(1, 1).cell(0, 0)
    shaded(cell._tc.get_or_add_tcPr(), "1F3864")
    coloured(cell.paragraphs[0].add_run("In a dark cell."), WHITE)
    found = read(document)
    assert found.text.splitlines() == [
        "Visible beginning.", "In a dark run.", "In a dark paragraph.", "In a dark cell.",
    ]  # fmt: skip
    assert found.hidden == ()


def test_headers_tables_text_boxes_and_footers_are_kept_and_alternative_text_is_not(document):
    document.sections[0].header.paragraphs[0].text = "Header."
    document.sections[0].footer.paragraphs[0].text = "Footer."
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Left", "Right"
    names = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent>"
    shape = "<wps:wsp><wps:txbx>{}</wps:txbx></wps:wsp>"
    frame = '<wp:anchor>{}<wp:docPr id="1" name="x" descr="CANARY"/>' + shape + "</wp:anchor>"
    old_shape = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    away = "<wp:positionH><wp:posOffset>-99999999</wp:posOffset></wp:positionH>"
    for content in (frame.format("", box), frame.format(away, box.replace("Boxed.", "CANARY"))):
        document.add_paragraph().add_run()._r.append(
            parse_xml(
                f'<mc:AlternateContent {nsdecls("w")} {names}><mc:Choice Requires="wps">'
                f"<w:drawing>{content}</w:drawing></mc:Choice>{old_shape}</mc:AlternateContent>"
            )
        )
    found = read(document)
    assert found.text.splitlines() == ["Header.", "Visible beginning.", "Left", "Right", "Boxed.", "Footer."]
    assert [(hidden.kind, hidden.characters) for hidden in found.hidden] == [("off_page", 6)]


def rewritten(document, name, change):
    stream = io.BytesIO()
    document.save(stream)
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, change(data) if part == name else data)
    return out.getvalue()


def entity_bomb(xml):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head, _, rest = xml.partition(b"?>")
    doctype = f'<!DOCTYPE d [<!ENTITY e0 "CANARY">{levels}]>'.encode()
    return head + b"?>" + doctype + rest.replace(b"Visible beginning.", b"&e11;")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda document: b"PK\x03\x04 and then nothing", "damaged"),
        (lambda document: rewritten(document, "word/document.xml", lambda xml: xml[:200]), "damaged"),
        (lambda document: rewritten(document, "word/document.xml", lambda xml: xml + b" " * (64 << 20)), "expanded"),
        (lambda document: rewritten(document, "word/document.xml", entity_bomb), "damaged"),
    ],
)
def test_a_damaged_document_or_a_bomb_says_so(document, make, problem):
    with pytest.raises(Unreadable) as raised:
        read(make(document))
    assert raised.value.problem == problem


def test_a_document_without_visible_text_has_none():
    made = docx.Document()
    made.add_paragraph().add_run("CANARY").font.hidden = True
    assert made.element.find(qn("w:body")) is not None
    with pytest.raises(Unreadable, match="no_text"):
        read(made)
