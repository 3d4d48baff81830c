"""Invented people: names as they are common in a country, in either order, as shops write them down."""

from __future__ import annotations

from random import Random

GIVEN = {
    "GH": (
        "Ama Abena Akua Yaa Afia Adwoa Akosua Efua Esi Araba Kwame Kofi Kwaku Yaw Kwabena Kojo Kwasi Ebo "
        "Kwesi Fiifi Selorm Edem Kafui Mawuli Sena Dela Dzifa Elikem Naa Nii Ayeley Tetteh Korkor Lariba "
        "Wumpini Rahinatu Fuseina Abiba Mohammed Yakubu Sulemana Priscilla Gifty Comfort Mercy Felicia "
        "Ernest Emmanuel Isaac Josephine"
    ),
    "KE": (
        "Wanjiru Wambui Njeri Nyambura Wangari Muthoni Kamau Mwangi Njoroge Kariuki Otieno Odhiambo Ochieng "
        "Akinyi Achieng Atieno Adhiambo Kiptoo Kiprono Cherono Chebet Jepkosgei Kipchumba Mutua Musyoka "
        "Mwende Ndunge Kioko Wafula Nekesa Barasa Simiyu Naliaka Halima Fatuma Abdi Hassan Zawadi Rehema "
        "Mercy Faith Brian Dennis Kevin Lilian Caroline Peter Joseph Purity Esther"
    ),
    "NG": (
        "Chinedu Chioma Ngozi Emeka Ifeanyi Obinna Nneka Adaeze Chiamaka Uche Kelechi Amarachi Tunde Femi "
        "Kunle Bola Yetunde Folake Segun Damilola Temitope Ayodele Abimbola Oluwaseun Aisha Fatima Musa "
        "Ibrahim Sani Zainab Hauwa Usman Aminu Maryam Halima Efe Ejiro Osaze Ese Ebiere Blessing Patience "
        "Sunday Godwin Grace Victor Joy Samuel Idris Rukayat"
    ),
}
FAMILY = {
    "GH": (
        "Mensah Owusu Boateng Asante Addo Agyemang Amoah Osei Appiah Ofori Quaye Lartey Nartey Tetteh "
        "Sarpong Antwi Frimpong Acheampong Darko Ansah Baidoo Quansah Eshun Arthur Amissah Agbeko Dzokoto "
        "Kpodo Agbenyega Alhassan Iddrisu Fuseini Abdulai Mahama Issahaku Yeboah Gyamfi Opoku Bonsu Nyarko"
    ),
    "KE": (
        "Kimani Karanja Waweru Gathoni Ndungu Maina Gitau Kibet Rotich Koech Langat Cheruiyot Onyango Omondi "
        "Owino Okoth Oduor Were Juma Wekesa Masinde Shikuku Khaemba Muli Nzioka Kilonzo Makau Musau Mwadime "
        "Mwakio Salim Omar Farah Noor Gacheru Njuguna Macharia Kinyua Murithi Gitonga"
    ),
    "NG": (
        "Okafor Okonkwo Eze Nwosu Obi Okeke Nwachukwu Onyeka Anyanwu Ibe Adeyemi Adebayo Ogunleye Balogun "
        "Afolabi Bakare Adeleke Olawale Oyelaran Fashola Bello Abubakar Mohammed Suleiman Garba Danjuma "
        "Yusuf Lawal Shehu Igho Akpan Etim Bassey Effiong Edet Osagie Aigbe Omoregie Dogara Gwarzo"
    ),
}
_GIVEN = {market: tuple(words.split()) for market, words in GIVEN.items()}
_FAMILY = {market: tuple(words.split()) for market, words in FAMILY.items()}


def person_name(market: str, draw: Random) -> str:
    """A name of the country; one in four with the family name first, one in five with a second given name."""
    given, family = draw.choice(_GIVEN[market]), draw.choice(_FAMILY[market])
    style = draw.random()
    if style < 0.2:
        second = draw.choice(_GIVEN[market])
        if second != given:
            given = f"{given} {second}"
    return f"{family} {given}" if style > 0.75 else f"{given} {family}"


def as_provider_writes(name: str, draw: Random) -> str:
    """The same name as a provider's file shows it: capitals as a rule, sometimes the other way round."""
    words = name.upper().split()
    return " ".join(reversed(words)) if draw.random() < 0.15 else " ".join(words)
