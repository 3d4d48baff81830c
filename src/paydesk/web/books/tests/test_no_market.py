"""The books of a desk that has no country yet, and of somebody who works in none."""

from django.test import Client, TestCase

from tests.browser.people import make_person


class NoMarket(TestCase):
    def test_the_books_say_what_is_missing_and_who_adds_it(self):
        person = make_person("Fatima Bello", "FC", markets="")
        client = Client()
        client.force_login(person)
        for everywhere, words in ((False, "You work in no market yet"), (True, "No country is set up yet")):
            person.works_in_all_markets = everywhere
            person.save()
            answer = client.get("/books/")
            assert answer.status_code == 409
            assert words in answer.content.decode()
